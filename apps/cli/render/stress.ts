/** A stress test as a person reads it: the book, each scenario against the limit, who loses most, and an episode day by day. */
import type { Io } from '../io.ts';
import type { BookHolding, Replay, ScenarioLoss, StressTest } from '../stress-test.ts';
import { areaChart } from './area-chart.ts';
import { bar, fixed, pct, signedPct } from './explain/layout.ts';
import { formatUsd, renderTable } from './table.ts';

const holdingsShown = 8;
const chartSize = { columns: 80, rows: 6 };

export function renderStressTest(test: StressTest, io: Io): string {
  const { holdings, replay } = test;
  const parts = [bookLine(test, io)];
  if (holdings.length > 0) parts.push(scenariosTable(test, io), holdingsTable(test, io));
  if (holdings.length > 0 && replay !== null) parts.push(replayPicture(replay, test, io));
  return parts.join('\n\n');
}

function bookLine({ cycleId, holdings, grossFrac, beta, equityUsd }: StressTest, { colors }: Io): string {
  const title = colors.bold(`Stress of the book that ${cycleId} aimed at`);
  if (holdings.length === 0) return `${title}\nThe book is empty: there is nothing to lose.`;
  const names = `${holdings.length} ${holdings.length === 1 ? 'name' : 'names'}`;
  return `${title}\n${names}, ${pct(grossFrac, 1)} of ${formatUsd(equityUsd)} equity at work, beta ${fixed(beta)}`;
}

function scenariosTable({ scenarios, lossFracMax, equityUsd }: StressTest, { colors }: Io): string {
  const replayed = scenarios.some(({ replayedLossFrac }) => replayedLossFrac !== null);
  return renderTable<ScenarioLoss>(
    [
      { title: 'scenario', text: ({ name }) => name },
      { title: 'index', align: 'right', text: ({ indexReturnFrac }) => signedPct(indexReturnFrac, 1) },
      { title: 'book loses', align: 'right', text: ({ lossFrac }) => pct(lossFrac) },
      { title: '', align: 'right', text: ({ lossFrac }) => formatUsd(lossFrac * equityUsd) },
      ...(replayed
        ? [
            {
              title: 'day by day',
              align: 'right' as const,
              text: ({ replayedLossFrac }: ScenarioLoss) => (replayedLossFrac === null ? 'not covered' : pct(replayedLossFrac)),
            },
          ]
        : []),
      {
        title: `of the limit, ${pct(lossFracMax, 0)}`,
        text: ({ lossFrac }) => `${bar(lossFrac / lossFracMax)}${lossFrac > lossFracMax ? ' OVER' : ''}`,
        dress: (cell, { lossFrac }) => (lossFrac > lossFracMax ? colors.red(cell) : cell),
      },
    ],
    scenarios,
    colors.dim,
  );
}

/** Largest first, by what a fall of the market costs through them. */
function holdingsTable({ holdings, beta }: StressTest, { colors }: Io): string {
  const sorted = [...holdings].sort((a, b) => b.weight * b.beta - a.weight * a.beta || (a.symbol < b.symbol ? -1 : 1));
  const table = renderTable<BookHolding>(
    [
      { title: 'holding', text: ({ symbol }) => symbol },
      { title: 'sector', text: ({ sector }) => sector ?? 'unknown' },
      { title: 'weight', align: 'right', text: ({ weight }) => pct(weight) },
      { title: 'beta', align: 'right', text: (one) => `${fixed(one.beta)}${one.betaAssumed ? ' (assumed)' : ''}` },
      { title: 'share of the book’s beta', align: 'right', text: (one) => (beta === 0 ? '' : pct((one.weight * one.beta) / beta, 0)) },
    ],
    sorted.slice(0, holdingsShown),
    colors.dim,
  );
  return sorted.length > holdingsShown ? `${table}\n${colors.dim(`and ${sorted.length - holdingsShown} more: --json names all`)}` : table;
}

function replayPicture(replay: Replay, { equityUsd }: StressTest, { colors }: Io): string {
  const { name, index, from, to, days, indexReturnFracs, bookReturnFracs, lossFrac } = replay;
  const worstAt = bookReturnFracs.indexOf(Math.min(...bookReturnFracs));
  const named = name.startsWith(from) ? '' : `${name}, `;
  const axis = (lines: readonly string[]): string =>
    colors.dim(`${' '.repeat(lines[0]!.indexOf('┤'))}└ ${from} to ${to}, ${days.length - 1} sessions`);
  const picture = (title: string, values: readonly number[]): string => {
    const lines = areaChart(values, chartSize);
    return [title, ...lines, axis(lines)].join('\n');
  };
  return [
    picture(
      `${colors.bold(`${named}replayed through the betas`)}: the book loses up to ${pct(lossFrac)} (${formatUsd(lossFrac * equityUsd)}), on ${days[worstAt]}`,
      bookReturnFracs,
    ),
    picture(
      `${colors.bold(index)}: ${signedPct(replay.indexEndReturnFrac, 1)} in all, ${signedPct(replay.indexPeakToTroughFrac, 1)} from its high; worst day ${replay.worstIndexDay}, ${signedPct(replay.worstIndexDayReturnFrac, 1)}`,
      indexReturnFracs,
    ),
  ].join('\n\n');
}
