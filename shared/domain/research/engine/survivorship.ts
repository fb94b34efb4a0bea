/** Whether a run can have been drawn from survivors alone, by the membership it was given and the moments it ran over. */
import type { Membership, Survivorship } from '../panel.ts';

/** Moments in [from, to). A list that is silent on one of them proves nothing. */
export function survivorshipOf(membership: Membership | null, [from, to]: readonly [number, number]): Survivorship {
  if (membership === null) return { kind: 'unproven', reason: 'no-membership', membership: null, coverageFrac: null };
  const { name, listed, priced } = membership;
  let covered = 0;
  let isComplete = true;
  for (let moment = from; moment < to; moment++) {
    if (!(listed[moment]! > 0)) return { kind: 'unproven', reason: 'no-membership', membership: name, coverageFrac: null };
    covered += priced[moment]! / listed[moment]!;
    if (priced[moment]! < listed[moment]!) isComplete = false;
  }
  if (isComplete) return { kind: 'proven', membership: name };
  return { kind: 'unproven', reason: 'members-without-prices', membership: name, coverageFrac: covered / (to - from) };
}
