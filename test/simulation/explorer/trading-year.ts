/**
 * A year of trading cycles through the real machines, on real prices, while one call in a hundred goes wrong: between functions and the
 * cloud's services, and on the wire to the broker. Every day ends with the machine `reconcile` at a quarter past four, struck like all others;
 * where it fails, the operator whom its alarm calls starts it once more. The exchange pays the dividends of the data. Whatever stopped trading the operator looks at, once a day, and lifts.
 *
 * Faults strike while a machine runs; what the operator and the market do between machines is not struck. Time is virtual.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import pc from 'picocolors';
import { synthesizedAssembly } from '../../../apps/cli/assembly.ts';
import { type CycleReport, runCycleOnce } from '../../../apps/cli/cycle-run.ts';
import { runExecution } from '../../../apps/cli/execution.ts';
import { Fund } from '../../../apps/cli/fund.ts';
import { ingestSource } from '../../../apps/cli/ingest-run.ts';
import type { Io } from '../../../apps/cli/io.ts';
import type { FaultKind, FaultRule } from '../../../apps/local-cloud/faults.ts';
import type { CloudEvent } from '../../../apps/local-cloud/service.ts';
import { scopeText, wholeFund } from '../../../shared/contracts/control.ts';
import { physicalName } from '../../../shared/contracts/names/index.ts';
import { nextSession } from '../../../shared/domain/market/calendar.ts';
import { formatDay, parseDay } from '../../../shared/kernel/days.ts';
import { microUsdToFloat, nanoSharesToFloat } from '../../../shared/kernel/money.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { type Rng, seededRng } from '../../../shared/kernel/rng.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { BrokerWire } from '../../support/broker-wire.ts';
import { ungatedPolicy } from '../../support/ungated-policy.ts';

export interface YearOptions {
  readonly seed: number;
  readonly cycles: number;
  /** How often a call is struck. */
  readonly faultFrac?: number;
}

export interface YearResult {
  readonly cycles: number;
  readonly from: string;
  readonly to: string;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
  readonly reconciliations: Readonly<Record<string, number>>;
  readonly orders: number;
  /** At the end of the year. */
  readonly orderStates: Readonly<Record<string, number>>;
  /** What the exchange paid beside executions, and what of it the ledger has booked. */
  readonly dividends: { readonly paid: number; readonly booked: number };
  readonly faultsStruck: Readonly<Record<string, number>>;
  readonly wireMishaps: number;
  /** What stopped trading, by what the stop said, and was lifted. */
  readonly stopsLifted: Readonly<Record<string, number>>;
  readonly ledgerIsExchange: boolean;
  readonly differences: readonly string[];
  readonly equityUsd: number;
  /** Of it, setting the fund up. */
  readonly bootS: number;
  readonly wallS: number;
}

const marketData = resolve(import.meta.dirname, '../../..', process.env.BALLAST_MARKET_DATA ?? '../shared/data');
const bars = resolve(marketData, 'daily/core40_daily_2005_2023.csv.gz');
export const hasMarketData = existsSync(bars);

const firstSession = '2019-01-02';
const capitalUsd = 1_000_000;
const services = ['dynamodb', 's3', 'events', 'lambda', 'secretsmanager'] as const;
const kinds = ['drop-request', 'drop-reply', 'throttle', 'duplicate'] as const satisfies readonly FaultKind[];

/** @throws Error when the market data is not there. */
export async function tradingYear({ seed, cycles, faultFrac = 0.01 }: YearOptions): Promise<YearResult> {
  const startedAt = performance.now();
  const year = await Year.open(seed, faultFrac);
  const bootS = secondsSince(startedAt);
  try {
    let day = parseDay(firstSession);
    for (let nth = 0; nth < cycles; nth++, day = nextSession(day)) await year.cycle(day);
    const books = await year.result();
    return { ...books, bootS, wallS: secondsSince(startedAt) };
  } finally {
    await year.close();
  }
}

class Year {
  readonly #fund: Fund;
  readonly #datasetId: string;
  readonly #rules: readonly FaultRule[];
  readonly #reports: CycleReport[] = [];
  readonly #struck: Record<string, number> = {};
  readonly #wire: BrokerWire;
  readonly #stopListening: () => void;
  #wireMishaps = 0;
  #running = 0;
  readonly #reconciled: string[] = [];
  readonly #lifted: string[] = [];

  private constructor(fund: Fund, datasetId: string, wire: BrokerWire, rng: Rng, faultFrac: number) {
    this.#fund = fund;
    this.#datasetId = datasetId;
    this.#wire = wire;
    // The first rule that strikes decides, so each kind gets its part of what the ones before it left.
    this.#rules = services.flatMap((service) =>
      kinds.map(
        (fault, before): FaultRule => ({
          service,
          fault,
          probability: faultFrac / kinds.length / (1 - (before * faultFrac) / kinds.length),
        }),
      ),
    );
    this.#stopListening = fund.listen((event) => this.#hear(event));
    wire.before = () => {
      if (this.#running === 0 || rng.uniform() >= faultFrac) return 'none';
      this.#wireMishaps++;
      return rng.uniform() < 0.5 ? 'request-lost' : 'reply-lost';
    };
  }

  static async open(seed: number, faultFrac: number): Promise<Year> {
    if (!hasMarketData) throw new Error(`no market data at ${bars}`);
    const wire = new BrokerWire();
    const fund = await Fund.boot({
      ...{ assemblyDirectory: await synthesizedAssembly('dev'), seed, capitalUsd, cloud: { sharesBundles: true }, paysDividends: true },
      wire: (exchange) => wire.to(exchange),
    });
    await fund.setUp(capitalUsd, ungatedPolicy);
    const { manifest } = await ingestSource(fund, { data: bars }, { cwd: '/', io: silent });
    return new Year(fund, manifest.datasetId, wire, seededRng(`${seed}/wire`), faultFrac);
  }

  async cycle(day: EpochDay): Promise<void> {
    const report = await runCycleOnce(this.#fund, { session: day, datasetId: this.#datasetId });
    await this.#fund.cloud.settle();
    this.#wire.calls.length = 0;
    this.#reports.push(report);
    await this.#reconcile(day);
    await this.#lookAfter();
  }

  async #reconcile(day: EpochDay): Promise<void> {
    const fund = this.#fund;
    await fund.travelTo(day, this.#datasetId, 16, 15);
    const stateMachineArn = `${fund.cloud.stateMachineArn(physicalName(fund.stage, 'reconcile'))}:current`;
    const input = JSON.stringify({ scheduledAt: new Date(fund.clock.now()).toISOString() });
    for (const name of [`reconcile-${formatDay(day)}`, `reconcile-${formatDay(day)}-by-hand`]) {
      const { status, error } = await runExecution(fund, { stateMachineArn, name, input });
      const report = await fund.reconciliations.report(name);
      this.#reconciled.push(status === 'SUCCEEDED' && !isRefusal(report) ? report.outcome : `failed: ${error}`);
      if (status === 'SUCCEEDED') return;
    }
  }

  /** What an operator does once a day: whatever stopped trading is looked at and lifted. */
  async #lookAfter(): Promise<void> {
    const { control, clock } = this.#fund;
    const change = { state: 'RUNNING', reason: 'looked at', actor: 'operator', at: clock.now() } as const;
    const standing = await control.read();
    if (isRefusal(standing) || standing.state !== 'RUNNING') {
      await control.change(wholeFund, change);
      this.#lifted.push(isRefusal(standing) ? standing.reason : `${standing.state}: ${standing.reason}`);
    }
    for (const { scope, state, reason } of await control.stops()) {
      await control.change(scope, change);
      this.#lifted.push(`${scopeText(scope)} ${state}: ${reason}`);
    }
  }

  /** Faults strike while a machine runs. */
  #hear({ service, event, details }: CloudEvent): void {
    if (event === 'FaultStruck') this.#struck[String(details.fault)] = (this.#struck[String(details.fault)] ?? 0) + 1;
    if (service !== 'states') return;
    const before = this.#running;
    if (event === 'ExecutionStarted') this.#running++;
    else if (event.startsWith('Execution')) this.#running--;
    if ((before === 0) !== (this.#running === 0)) this.#fund.cloud.faults.replace(this.#running === 0 ? [] : this.#rules);
  }

  async result(): Promise<Omit<YearResult, 'bootS' | 'wallS'>> {
    const reports = this.#reports;
    const orders = (await Promise.all(reports.map(({ cycleId }) => this.#fund.ledger.ordersOfCycle(cycleId)))).flat();
    const differences = await this.#differences();
    return {
      ...{ cycles: reports.length, from: reports[0]?.asOf ?? '', to: reports.at(-1)?.asOf ?? '' },
      outcomes: countBy(reports.map(({ outcome }) => outcome)),
      refusals: countBy(reports.flatMap(({ refusal }) => (refusal ? [refusal.reason] : []))),
      reconciliations: countBy(this.#reconciled),
      orders: orders.length,
      orderStates: countBy(orders.map(({ state, closedBy }) => `${state}${closedBy === undefined ? '' : ` by ${closedBy}`}`)),
      dividends: {
        paid: this.#fund.exchange.state().activities.filter((activity) => 'type' in activity && activity.type === 'DIV').length,
        booked: (await this.#fund.reconciliations.booked()).size,
      },
      ...{ faultsStruck: this.#struck, wireMishaps: this.#wireMishaps, stopsLifted: countBy(this.#lifted) },
      ...{ ledgerIsExchange: differences.length === 0, differences },
      equityUsd: reports.at(-1)?.equity ?? capitalUsd,
    };
  }

  /** Every share, and the cash to the cent; and what is still open, although the day is over. */
  async #differences(): Promise<string[]> {
    const { ledger } = this.#fund;
    const [account, positions, open] = await Promise.all([ledger.account(), ledger.positions(), ledger.openOrders()]);
    const { cash, positions: held } = this.#fund.exchange.state();
    const ours = isRefusal(account) ? 'no account' : account.cashUsd.toFixed(2);
    const theirs = microUsdToFloat(cash).toFixed(2);
    const booked = new Map<string, number>(positions.map(({ symbol, quantity }) => [symbol, quantity]));
    const there = new Map<string, number>([...held].map(([symbol, { quantity }]) => [symbol, nanoSharesToFloat(quantity)]));
    return [
      ...open.map(({ orderId, state }) => `${orderId} is ${state}`),
      ...(ours === theirs ? [] : [`cash: ledger ${ours}, exchange ${theirs}`]),
      ...[...new Set([...booked.keys(), ...there.keys()])]
        .filter((symbol) => (booked.get(symbol) ?? 0) !== (there.get(symbol) ?? 0))
        .map((symbol) => `${symbol}: ledger ${booked.get(symbol) ?? 0}, exchange ${there.get(symbol) ?? 0}`),
    ];
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.#fund.close();
  }
}

const silent: Io = { out: () => {}, err: () => {}, colors: pc.createColors(false), interactive: false };

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

const secondsSince = (startedAt: number): number => Number(((performance.now() - startedAt) / 1000).toFixed(1));
