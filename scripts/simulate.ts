/**
 * Explores what faults, operators and chance can do to the order path, and holds every schedule against the checker.
 *
 *   node scripts/simulate.ts [--schedules 20000] [--seed 1] [--workers 2] [--json]
 *   node scripts/simulate.ts --replay <seed:index> [--variant <name>]     prints what happened in one schedule
 *   node scripts/simulate.ts --year [--cycles 252] [--seed 1] [--json]    a trading year on real data, one call in a hundred struck
 *
 * Prints {schedules, violations, brokenVariantsCaught, wallS, …}; ends with 1 when anything was violated, or a broken variant was not caught.
 */
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { catchVariants } from '../test/simulation/explorer/catch-variants.ts';
import { countPoints, runSchedule } from '../test/simulation/explorer/explore.ts';
import { render } from '../test/simulation/explorer/history.ts';
import { exploreInParallel } from '../test/simulation/explorer/parallel.ts';
import { scheduleOf, singlesInAll } from '../test/simulation/explorer/schedules.ts';
import { tradingYear } from '../test/simulation/explorer/trading-year.ts';
import { brokenVariants } from '../test/simulation/explorer/variants/index.ts';
import { theRealThing } from '../test/simulation/explorer/world.ts';

const variantSchedulesMax = 1_000;
const violationsShownMax = 25;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    replay: { type: 'string' },
    variant: { type: 'string' },
    year: { type: 'boolean', default: false },
    cycles: { type: 'string', default: '252' },
    json: { type: 'boolean', default: false },
  },
});
const seed = wholeNumber('seed', values.seed);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

if (values.replay !== undefined) await replay(values.replay, values.variant);
else if (values.year) await year();
else await exploration();

async function exploration(): Promise<void> {
  const startedAt = performance.now();
  const { points, violations, ...found } = await exploreInParallel(
    seed,
    wholeNumber('schedules', values.schedules),
    wholeNumber('workers', values.workers),
  );
  const exploredS = (performance.now() - startedAt) / 1000;
  const variants = await catchVariants(seed, points, variantSchedulesMax);
  const result = {
    ...found,
    singles: singlesInAll(points),
    violations: violations.map((violation) => ({ ...violation, replay: replayCommand(violation.index) })),
    brokenVariantsCaught: variants.filter(({ by }) => by !== null).length,
    variants,
    exploredS: Number(exploredS.toFixed(1)),
    wallS: Number(((performance.now() - startedAt) / 1000).toFixed(1)),
  };
  if (violations.length > 0 || result.brokenVariantsCaught < brokenVariants.length) process.exitCode = 1;
  if (values.json) return print(JSON.stringify(result, null, 1));
  const { single, pair, random } = found.byKind;
  print(
    `${found.schedules} schedules: ${single} of ${result.singles} single faults and acts, ${pair} pairs, ${random} random runs; ${found.faultsStruck} faults struck`,
  );
  print(
    `halts: ${found.window.halts}, in flight of one sender when one committed: at most ${found.window.inFlightMax}; late arrivals after one: ${found.window.lateArrivals}; lifted: ${found.window.lifted}, orders they let go of: ${found.window.letGo}`,
  );
  print(`${violations.length} violations`);
  for (const { index, scenario, what, invariant, detail } of violations.slice(0, violationsShownMax))
    print(`  ${invariant}: ${detail}\n    ${scenario}; ${what}\n    ${replayCommand(index)}`);
  for (const { variant, by, schedules, detail } of variants)
    print(`  broken on purpose, ${variant}: ${by === null ? 'NOT CAUGHT' : `caught at schedule ${schedules} by “${by}” (${detail})`}`);
  print(`${result.wallS} s`);
}

/** The same points as the whole run had, so that the index means the same schedule. */
async function replay(name: string, variantName: string | undefined): Promise<void> {
  const [ofSeed = '', index = ''] = name.split(':');
  const variant = brokenVariants.find((one) => one.name === variantName) ?? theRealThing;
  const schedule = scheduleOf(wholeNumber('replay', ofSeed), wholeNumber('replay', index), await countPoints(Number(ofSeed)));
  const { entries, findings } = await runSchedule(schedule, variant);
  print(`${schedule.scenario.name}: ${schedule.what || 'nothing befalls it'} (${variant.name})`);
  print(render(entries));
  for (const { invariant, detail } of findings) print(`VIOLATED ${invariant}: ${detail}`);
  if (findings.length === 0) print('Every invariant held.');
  else process.exitCode = 1;
}

async function year(): Promise<void> {
  const result = await tradingYear({ seed, cycles: wholeNumber('cycles', values.cycles) });
  print(JSON.stringify(result, null, 1));
  if (!result.ledgerIsExchange) process.exitCode = 1;
}

function replayCommand(index: number): string {
  return `npm run -s simulate -- --replay ${seed}:${index}`;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && text.trim() !== '') return value;
  process.stderr.write(`--${option} takes a whole number, not "${text}".\n`);
  process.exit(2);
}
