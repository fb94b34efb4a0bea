/** Sections 3 and 4: where the company stands on each factor, and what each agent thinks of it. */
import type { Opinion } from '../../../../shared/domain/agents/agent.ts';
import type { FactorStanding } from '../../../../shared/domain/factors/factor.ts';
import type { Io } from '../../io.ts';
import { bar, fixed, perDay, signed, wrappedTable } from './layout.ts';
import { spoken } from './words.ts';

export function factorsTable(factors: readonly FactorStanding[], { colors }: Io): string {
  return wrappedTable<FactorStanding>(
    [
      { title: 'factor', text: ({ factor }) => factor },
      { title: 'value', align: 'right', text: (one) => (one.kind === 'standing' ? signed(one.value) : '') },
      {
        title: 'place (a full bar is the highest)',
        text: (one) => (one.kind === 'standing' ? `${bar(one.rankFrac)}  ${placeOf(one)}` : `absent: ${spoken(one.reason)}`),
      },
    ],
    factors,
    colors.dim,
  );
}

/** 1 is the highest; equals share the mean of their places. */
function placeOf({ rankFrac, ranked }: Extract<FactorStanding, { kind: 'standing' }>): string {
  const place = ranked - rankFrac * (ranked - 1);
  return `${Number.isInteger(Math.round(place * 2) / 2) ? Math.round(place) : fixed(place, 1)} of ${ranked}`;
}

export function agentsTable(opinions: readonly Opinion[], { colors }: Io): string {
  return wrappedTable<Opinion>(
    [
      { title: 'agent', text: ({ agent }) => agent },
      { title: 'expected', align: 'right', text: (one) => (one.kind === 'opinion' ? perDay(one.expectedReturn) : '') },
      { title: 'confidence', text: (one) => (one.kind === 'opinion' ? `${fixed(one.confidence)} ${bar(one.confidence)}` : 'abstains') },
      {
        title: 'because',
        text: (one) =>
          one.kind === 'abstain' ? spoken(one.reason) : one.reasons.length > 0 ? reasonsText(one.reasons) : 'nothing stands out',
      },
    ],
    opinions,
    colors.dim,
  );
}

/** Headlines have commas of their own. */
const reasonsText = (reasons: readonly string[]): string =>
  reasons.map(signedReason).join(reasons.some((reason) => reason.includes(',')) ? '; ' : ', ');

/** `earnings yield for` is said with a sign, which takes less room and less thought. */
const signedReason = (reason: string): string => reason.replace(/ for$/, ' (+)').replace(/ against$/, ' (−)');
