/** The kit finds what it is there to find: each planted fault breaks the card that is about it. */
import { expect, test } from 'vitest';
import { absent, type Factor, type FactorReading, type FactorView } from '../../../../shared/domain/factors/factor.ts';
import { factsBefore } from '../../../../shared/domain/market/facts.ts';
import { factorCards } from '../../../contract/kits/factor-kit.ts';

const reading = (value: number, evidence: Readonly<Record<string, number>> = {}): FactorReading => ({ kind: 'reading', value, evidence });
const named = (name: string, read: Factor['read']): Factor => ({ name, read });

/** What an honest factor reads: how much of the last close the last equity is. */
const honestly = ({ bars, facts }: FactorView): FactorReading => {
  const close = bars.close.at(-1);
  const equityUsd = facts.reports.at(-1)?.equityUsd;
  if (close === undefined || !(close > 0)) return absent('no-price');
  return equityUsd === undefined || equityUsd === null ? absent('no-equity') : reading(equityUsd / close);
};

let calls = 0;

const planted: ReadonlyArray<{ readonly fault: string; readonly breaks: number; readonly factor: Factor }> = [
  { fault: 'a name that is not in kebab-case', breaks: 1, factor: named('Bad Name', (views) => views.map(honestly)) },
  { fault: 'a factor that reads nobody', breaks: 1, factor: named('mute', (views) => views.map(() => absent('tired'))) },
  { fault: 'a company without a reading', breaks: 2, factor: named('short', (views) => views.slice(1).map(honestly)) },
  { fault: 'NaN as a value', breaks: 2, factor: named('nan', (views) => views.map(() => reading(Number.NaN))) },
  { fault: 'a reason in words', breaks: 2, factor: named('wordy', (views) => views.map(() => absent('No idea!'))) },
  { fault: 'a memory of earlier calls', breaks: 3, factor: named('memory', (views) => views.map(() => reading(calls++))) },
  {
    fault: 'prices written to',
    breaks: 3,
    factor: named('writer', (views) =>
      views.map((view) => {
        view.bars.close.sort();
        return honestly(view);
      }),
    ),
  },
  {
    fault: 'a look behind the view of the bars',
    breaks: 4,
    factor: named('peek-price', (views) => views.map(({ bars: { day } }) => reading(new Int32Array(day.buffer).at(-1)!))),
  },
  {
    fault: 'the newest report, whenever it was told',
    breaks: 5,
    factor: named('peek-report', (views) =>
      views.map(({ facts }) => (facts.reports.length > 0 ? reading(facts.reports.at(-1)!.periodEnd) : absent('no-reports'))),
    ),
  },
  {
    fault: 'a default where there are no facts',
    breaks: 6,
    factor: named('hopeful', (views) => views.map(({ facts }) => reading(facts.reports.length))),
  },
  {
    fault: 'NaN where there is no market',
    breaks: 6,
    factor: named('no-market', (views, { market }) =>
      views.map((view) => (view.facts.reports.length === 0 ? absent('none') : reading(market.simpleReturn.at(-1) ?? Number.NaN))),
    ),
  },
  { fault: 'the place in the list', breaks: 7, factor: named('order', (views) => views.map((_, i) => reading(i))) },
  {
    fault: 'a sum over companies in their order',
    breaks: 7,
    factor: named('sum', (views) => {
      const total = views.reduce((sum, { bars }) => sum + (bars.close.at(-1) ?? 0), 0);
      return views.map(() => reading(total));
    }),
  },
];

test.each(planted)('card $breaks finds $fault', ({ breaks, factor }) => {
  const card = factorCards.find(({ title }) => title.startsWith(`${breaks} `))!;
  expect(card.faults(factor, { abstainsWithout: 'facts' })).not.toEqual([]);
});

test('an honest factor breaks no card', () => {
  const factor = named('honest', (views, { asOf }) => views.map((view) => honestly({ ...view, facts: factsBefore(view.facts, asOf) })));
  expect(factorCards.filter((card) => card.faults(factor, { abstainsWithout: 'facts' }).length > 0)).toEqual([]);
});
