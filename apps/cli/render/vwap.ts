/** A schedule as a person reads it: what and when, slice by slice, a picture, the expected cost, the replay, and warnings. */
import type { ExecutionPlan, PlanWarning, Replay } from '../../../shared/domain/execution/algos/plan-execution.ts';
import type { Slice } from '../../../shared/domain/execution/algos/schedule.ts';
import type { Side } from '../../../shared/domain/execution/order-terms.ts';
import { newYorkOffsetHours } from '../../../shared/domain/market/new-york-time.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import type { EpochMs, Ticker } from '../../../shared/kernel/units.ts';
import type { Io } from '../io.ts';
import { areaChart } from './area-chart.ts';
import { count, fixed, pct, signed } from './explain/layout.ts';
import { renderTable } from './table.ts';

export interface ShownPlan {
  readonly symbol: Ticker;
  readonly side: Side;
  readonly plan: ExecutionPlan;
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
}

const chartSize = { columns: 78, rows: 6, floor: 0 };

export function renderPlan(shown: ShownPlan, io: Io): string {
  const { warnings, replay, schedule } = shown.plan;
  return [
    headLines(shown, io),
    sliceTable(shown, io),
    picture(shown, io),
    costLines(shown, io),
    ...(replay === null ? [] : [replayTable(replay, schedule.kind, io)]),
    ...(warnings.length === 0 ? [] : [warnings.map((warning) => io.colors.yellow(`! ${warningText(warning)}`)).join('\n')]),
  ].join('\n\n');
}

/** The same, for a script: instants in ISO, prices and quantities as numbers. NaN, which JSON has not, becomes null. */
export function planDocument({ symbol, side, plan, startsAt, endsAt }: ShownPlan): Record<string, unknown> {
  const { schedule, profile, dailyVol, impact, replay, warnings } = plan;
  return {
    ...{ symbol, side, kind: schedule.kind, date: formatDay(schedule.day), quantity: schedule.quantity },
    ...{ unplacedQuantity: schedule.unplacedQuantity, startsAt: iso(startsAt), endsAt: iso(endsAt) },
    slices: schedule.slices.map((slice) => ({ ...slice, startsAt: iso(slice.startsAt), endsAt: iso(slice.endsAt) })),
    profile: {
      ...{ basis: profile.basis, expectedVolume: profile.expectedVolume, days: profile.days.map(formatDay) },
      passedOver: profile.passedOver.map(({ day, why }) => ({ day: formatDay(day), why })),
    },
    ...{ dailyVol, impact, replay },
    warnings: warnings.map((warning) => (warning.kind === 'split' ? { ...warning, day: formatDay(warning.day) } : warning)),
  };
}

const iso = (at: EpochMs): string => new Date(at).toISOString();

/** `HH:MM` on New York's clocks. */
export const clockTime = (at: EpochMs): string => new Date(at - newYorkOffsetHours(at) * 3_600_000).toISOString().slice(11, 16);

function headLines({ symbol, side, plan, startsAt, endsAt }: ShownPlan, { colors }: Io): string {
  const { schedule, profile } = plan;
  const verb = side === 'BUY' ? 'Buy' : 'Sell';
  const what = `${verb} ${count(schedule.quantity)} ${symbol} on ${formatDay(schedule.day)}, ${clockTime(startsAt)} to ${clockTime(endsAt)} New York, ${schedule.kind.toUpperCase()}`;
  const [first, last] = [profile.days[0]!, profile.days.at(-1)!].map(formatDay);
  const sessions = profile.days.length === 1 ? `1 session, ${first}` : `${profile.days.length} sessions, ${first} to ${last}`;
  return `${colors.bold(what)}\nVolume as in ${sessions}: ${count(profile.expectedVolume)} shares expected in the day; daily volatility ${pct(plan.dailyVol)}`;
}

function sliceTable({ plan: { schedule } }: ShownPlan, { colors }: Io): string {
  return renderTable<Slice>(
    [
      { title: 'from', text: ({ startsAt }) => clockTime(startsAt) },
      { title: 'to', text: ({ endsAt }) => clockTime(endsAt) },
      { title: 'shares', align: 'right', text: ({ quantity }) => shares(quantity) },
      { title: 'done then', align: 'right', text: ({ cumulativeQuantity }) => shares(cumulativeQuantity) },
      { title: '', align: 'right', text: ({ cumulativeQuantity }) => pct(cumulativeQuantity / schedule.quantity, 1) },
      { title: 'market expected', align: 'right', text: ({ expectedVolume }) => (expectedVolume === null ? '' : count(expectedVolume)) },
      { title: 'of it', align: 'right', text: ({ participationFrac }) => (participationFrac === null ? '' : pct(participationFrac, 3)) },
    ],
    schedule.slices,
    colors.dim,
  );
}

const shares = (quantity: number): string => quantity.toLocaleString('en-US', { maximumFractionDigits: 4 });

function picture({ plan: { schedule } }: ShownPlan, { colors }: Io): string {
  const lines = areaChart(
    schedule.slices.map(({ quantity }) => quantity / schedule.quantity),
    chartSize,
  );
  const [first, last] = [schedule.slices[0]!, schedule.slices.at(-1)!];
  const axis = `${' '.repeat(lines[0]!.indexOf('┤'))}└ ${clockTime(first.startsAt)} to ${clockTime(last.endsAt)}, part of the order in each slice`;
  return [...lines, colors.dim(axis)].join('\n');
}

function costLines({ plan: { impact } }: ShownPlan, { colors }: Io): string {
  const { squareRootBps, scheduleBps, atOnceBps } = impact;
  return [
    colors.bold('Expected impact, without the spread'),
    `  ${bps(squareRootBps)}  of an order of this size, however it is cut (square-root law)`,
    `  ${bps(scheduleBps)}  of the rate at which this schedule trades (Almgren 2005)`,
    `  ${bps(atOnceBps)}  of the rate, were it traded in the first minute`,
  ].join('\n');
}

const bps = (value: number): string => (Number.isNaN(value) ? 'unknown' : `${fixed(value).padStart(7)} bps`);

function replayTable({ marketPrice, schedule, other, atOncePrice, atOnceSlippageBps }: Replay, kind: string, { colors }: Io): string {
  const rows = [
    { way: `this schedule (${kind.toUpperCase()})`, price: schedule.averagePrice, cost: schedule.slippageBps },
    { way: `instead, ${other.kind.toUpperCase()}`, price: other.averagePrice, cost: other.slippageBps },
    { way: 'at once, at the first price', price: atOncePrice, cost: atOnceSlippageBps },
  ];
  const table = renderTable<(typeof rows)[number]>(
    [
      { title: 'as the day went', text: ({ way }) => way },
      { title: 'price', align: 'right', text: ({ price }) => fixed(price, 4) },
      { title: 'worse than market', align: 'right', text: ({ cost }) => `${signed(cost)} bps` },
    ],
    rows,
    colors.dim,
  );
  return `${table}\nThe market’s volume-weighted price of the window was ${fixed(marketPrice, 4)}; impact and spread are not in a replay.`;
}

function warningText(warning: PlanWarning): string {
  switch (warning.kind) {
    case 'few-sessions':
      return `The curve comes from ${warning.sessions} ${warning.sessions === 1 ? 'session' : 'sessions'}: single trades show in it.`;
    case 'compressed-profile':
      return 'The day closes at 13:00, and too few such days are on file: the curve of full days was compressed.';
    case 'sessions-passed-over':
      return `${warning.sessions} earlier ${warning.sessions === 1 ? 'session was' : 'sessions were'} passed over: cut short, or without a trade.`;
    case 'split':
      return `Prices of ${formatDay(warning.day)} look like a split of ${warning.looksLike}: volumes before it were brought to the new shares.`;
    case 'unplaced':
      return `${shares(warning.quantity)} shares do not fit under the participation limit, and are not in the schedule.`;
    case 'large-share-of-volume':
      return `A slice takes ${pct(warning.participationFrac, 1)} of the volume expected in it; --participation sets a limit.`;
  }
}
