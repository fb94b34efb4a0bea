/**
 * `ballast vwap AAPL 10000 --date 2014-06-09 --minute-data FILE`: when an order of that size would trade, what it is expected to cost, and
 * what it would have got where the file holds the day. Reads files only: it needs no fund, and sends nothing.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { planExecution } from '../../../shared/domain/execution/algos/plan-execution.ts';
import type { Side } from '../../../shared/domain/execution/order-terms.ts';
import { closureName, isSession, newYorkInstant, nextSession, sessionClose, sessionOpen } from '../../../shared/domain/market/calendar.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import type { EpochDay, EpochMs, Ticker } from '../../../shared/kernel/units.ts';
import type { BarLabel } from '../../../shared/providers/files/label-evidence.ts';
import { type MinuteFile, readMinuteBars } from '../../../shared/providers/files/minute-bars.ts';
import type { CommandHost } from '../command-host.ts';
import { nearest } from '../nearest.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { scheduleSvg } from '../render/schedule-svg.ts';
import { planDocument, renderPlan, type ShownPlan } from '../render/vwap.ts';

export interface VwapArguments {
  readonly symbol: string;
  readonly quantity: number;
  readonly date: EpochDay;
  readonly minuteData: string;
  readonly label: BarLabel;
  /** Minutes after midnight in New York; without them, the session's own. */
  readonly from?: number;
  readonly to?: number;
  readonly side: Side;
  readonly twap?: boolean;
  readonly participation?: number;
  readonly bucket: number;
  readonly lot: number;
  readonly sessionsMin: number;
  readonly svg?: string;
  readonly json?: boolean;
}

/** A month of sessions for the curve; three years for the three days a year that close at 13:00. */
const lookback = { lookbackSessions: 21, shortLookbackSessions: 756 };
/** Y of the square-root law. */
const impactCoefficient = 1;

export async function showVwap(options: VwapArguments, { io, cwd }: CommandHost): Promise<ExitCode> {
  if (!isSession(options.date)) throw new BadInput(noSession(options.date));
  const file = openMinutes(options, cwd);
  const symbol = symbolIn(file, options.symbol);
  const window = windowOf(options);
  const plan = planExecution(file.sessions(symbol), {
    ...{ kind: options.twap ? 'twap' : 'vwap', side: options.side, day: options.date, quantity: options.quantity, lotShares: options.lot },
    ...{ ...window, bucketMinutes: options.bucket, participationFracMax: options.participation ?? null },
    ...{ profileRule: { sessionsMin: options.sessionsMin, ...lookback }, impactCoefficient },
  });
  if (isRefusal(plan)) throw new BadInput(sentenceOf(plan, options, file));
  const shown: ShownPlan = { symbol, side: options.side, plan, ...window };
  if (options.svg !== undefined) draw(resolve(cwd, options.svg), scheduleSvg(shown));
  io.out(options.json ? JSON.stringify(planDocument(shown)) : renderPlan(shown, io));
  if (options.svg !== undefined && !options.json) io.err(`The picture is in ${options.svg}.`);
  return exitCodes.done;
}

function openMinutes({ minuteData, label }: VwapArguments, cwd: string): MinuteFile {
  const path = resolve(cwd, minuteData);
  if (!existsSync(path) || !statSync(path).isFile()) throw new BadInput(`--minute-data: there is no file ${path}. Check the path.`);
  return readMinuteBars(readFileSync(path), basename(path), label);
}

function draw(path: string, picture: string): void {
  try {
    writeFileSync(path, picture);
  } catch (error) {
    throw new BadInput(`--svg: nothing can be written to ${path} (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

function symbolIn({ symbols, fileName }: MinuteFile, wanted: string): Ticker {
  const found = symbols.find((symbol) => symbol === wanted) ?? symbols.find((symbol) => symbol === wanted.toUpperCase());
  if (found !== undefined) return found;
  const near = nearest(wanted.toUpperCase(), symbols, 3);
  const held =
    near.length > 0 ? `Near it: ${near.join(', ')}` : `It has ${symbols.slice(0, 8).join(', ')}${symbols.length > 8 ? ' …' : ''}`;
  throw new BadInput(`${fileName} holds no symbol ${wanted}. ${held}.`);
}

function windowOf({ date, from, to }: VwapArguments): { readonly startsAt: EpochMs; readonly endsAt: EpochMs } {
  const at = (minutes: number | undefined, otherwise: EpochMs): EpochMs =>
    minutes === undefined ? otherwise : newYorkInstant(date, Math.floor(minutes / 60), minutes % 60);
  return { startsAt: at(from, sessionOpen(date)), endsAt: at(to, sessionClose(date)) };
}

const noSession = (date: EpochDay): string =>
  `--date: the exchange has no session on ${formatDay(date)} (${closureName(date)}). The next one is ${formatDay(nextSession(date))}.`;

type PlanRefusal = Extract<ReturnType<typeof planExecution>, Refusal>;

function sentenceOf({ reason, details }: PlanRefusal, options: VwapArguments, file: MinuteFile): string {
  const day = formatDay(options.date);
  switch (reason) {
    case 'too-few-sessions':
      return `${file.fileName} has ${details.sessions} whole sessions of ${options.symbol.toUpperCase()} in the month before ${day}, and ${details.sessionsMin} are needed. It holds ${span(file, options.symbol)}; --sessions-min asks for fewer.`;
    case 'end-before-start':
      return '--from must come before --to.';
    case 'outside-session':
      return `--from and --to must lie within the session: ${day} has ${details.sessionMinutes === 210 ? '09:30 to 13:00, a half day' : '09:30 to 16:00'}.`;
    case 'quantity-not-in-lots':
      return `${options.quantity} shares are no whole number of lots of ${options.lot}: change the number, or --lot.`;
    case 'no-volume-expected':
      return `No trade is expected between --from and --to: ${file.fileName} has none there on the days before ${day}.`;
    default:
      return `The schedule is refused: ${reason}.`;
  }
}

function span(file: MinuteFile, symbol: string): string {
  const days = file.sessions(symbol.toUpperCase() as Ticker).map(({ day }) => formatDay(day));
  return days.length === 1 ? days[0]! : `${days.length} sessions, ${days[0]} to ${days.at(-1)}`;
}
