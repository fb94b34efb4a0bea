/** Section 5: how opinions became one expected return, and what the control agents made of it. Each line is one step of meta-brain.ts. */
import type { ControlVerdict } from '../../../../shared/domain/agents/control/verdict.ts';
import type { EnsembleMarket, EnsembleResult } from '../../../../shared/domain/ensemble/meta-brain.ts';
import type { Explanation } from '../../explanation.ts';
import { figures, fixed, line, pct, perDay, signed } from './layout.ts';
import { allInWords, inWords } from './words.ts';

export function ensembleLines(ensemble: EnsembleResult, market: EnsembleMarket | null, { policy }: Explanation): string[] {
  const { weights, ignored, mu, muBeforePenalty, disagreementVariance, disagreementPenalty, sigma, conviction, kelly, excessMu } = ensemble;
  const notCounted = ignored.map(({ agent, reason }) => `${agent} (${inWords(reason)})`).join(', ');
  const heard = [
    line('counted', weights.length === 0 ? 'no opinion' : weights.map(({ agent, weight }) => `${agent} ${pct(weight, 1)}`).join(', ')),
    ...(notCounted === '' ? [] : [line('not counted', notCounted)]),
  ];
  const proposal = line('proposal', `${ensemble.proposal}: ${allInWords(ensemble.reasonCodes)}`);
  if (mu === null || muBeforePenalty === null || sigma === null) return [...heard, proposal];
  const rules = policy?.ensemble;
  return [
    ...heard,
    line('mean', `${perDay(muBeforePenalty)}, weighted by confidence`),
    line('disagreement', `variance ${figures(disagreementVariance!)} in units of sigma: × ${fixed(disagreementPenalty!, 5)}`),
    line('mu', `${perDay(mu)} after the penalty`),
    line('sigma', `${pct(sigma)} a day`),
    line(
      'z',
      `${signed(ensemble.z!)}${standing(market)}${ensemble.rank === null ? '' : `; place ${placeText(ensemble.rank)} of ${market?.candidates ?? '?'}`}`,
    ),
    line('conviction', `${signed(conviction!, 4)}, which is mu over sigma`),
    line(
      'Kelly',
      `${signed(kelly! * 100, 1)} % of equity: ${rules ? fixed(rules.kellyGamma) : 'gamma'} × ${perDay(excessMu!)} above cash, over sigma squared`,
    ),
    ...ensemble.control.map((verdict) => line(`${verdict.agent} agent`, verdictText(verdict))),
    proposal,
  ];
}

const standing = (market: EnsembleMarket | null): string =>
  market === null || market.medianMu === null || market.madMu === null
    ? ''
    : `, which is (mu − median ${signed(market.medianMu * 100, 4)} %) over MAD ${fixed(market.madMu * 100, 4)} %`;

const placeText = (rank: number): string => (Number.isInteger(rank) ? String(rank) : fixed(rank, 1));

function verdictText(verdict: ControlVerdict): string {
  const { evidence, reason } = verdict;
  if (verdict.agent === 'portfolio') {
    return `${verdict.verdict}, toward ${pct(verdict.towardWeight)} of equity: ${inWords(reason)}`;
  }
  const { marginalCvarFrac, cvarFracMax, grossAfterFrac, grossFracMax } = evidence;
  const measured = [
    marginalCvarFrac !== undefined &&
      cvarFracMax !== undefined &&
      `tail loss of its own ${pct(marginalCvarFrac)}, limit ${pct(cvarFracMax)}`,
    grossAfterFrac !== undefined && grossFracMax !== undefined && `gross with it ${pct(grossAfterFrac, 1)}, limit ${pct(grossFracMax, 0)}`,
  ].filter((part) => part !== false);
  return `${verdict.verdict}: ${inWords(reason)}${measured.length === 0 ? '' : ` (${measured.join('; ')})`}`;
}
