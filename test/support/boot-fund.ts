/**
 * A whole fund in memory, over the templates as they stand: booted and ready to trade in a few hundredths of a second. The
 * simulated market is ingested once in a process and copied into every fund's lake, and functions start from bundles
 * already loaded.
 */
import { type CycleReport, runCycleOnce } from '../../apps/cli/cycle-run.ts';
import { Fund, type FundSurroundings } from '../../apps/cli/fund.ts';
import { operator } from '../../apps/local-cloud/cloud.ts';
import type { FaultRule } from '../../apps/local-cloud/faults.ts';
import type { CloudEvent } from '../../apps/local-cloud/service.ts';
import { physicalName } from '../../shared/contracts/names/index.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { parseDay } from '../../shared/kernel/days.ts';
import { BrokerWire } from './broker-wire.ts';
import { devAssemblyDirectory } from './dev-assembly.ts';
import { publishApproved } from './publish-policy.ts';
import { putIntoLake, simulatedLake, simulatedSeed } from './simulated-lake.ts';
import { ungatedPolicy } from './ungated-policy.ts';

export interface TestFundOptions {
  readonly cloud?: FundSurroundings['cloud'];
  readonly seed?: number;
  readonly capitalUsd?: number;
  /** Published over the default policy, whose gate of opportunities is off here. */
  readonly policy?: (standard: Policy) => Policy;
  /** Whether the lake holds the simulated market from the start; it does unless said otherwise. */
  readonly data?: boolean;
}

/** The simulated market's data set. */
export const datasetId = `sim-${simulatedSeed}`;
/** An ordinary session within the simulated years. */
export const session = '2024-12-02';

export const named = (part: string): string => physicalName('dev', part);

export class TestFund {
  readonly fund: Fund;
  /** Everything the cloud told of, in order. */
  readonly events: readonly CloudEvent[];
  readonly wire: BrokerWire;
  #faults: readonly FaultRule[] = [];
  #pausesBeforeTasks = false;

  private constructor(fund: Fund, events: readonly CloudEvent[], wire: BrokerWire) {
    this.fund = fund;
    this.events = events;
    this.wire = wire;
  }

  static async boot({ seed = 1, capitalUsd = 1_000_000, policy, data = true, cloud }: TestFundOptions): Promise<TestFund> {
    const events: CloudEvent[] = [];
    const wire = new BrokerWire();
    const fund = await Fund.boot({
      assemblyDirectory: await devAssemblyDirectory(),
      seed,
      capitalUsd,
      cloud: { sharesBundles: true, ...cloud },
      onEvent: (event) => events.push(event),
      wire: (exchange) => wire.to(exchange),
    });
    await fund.setUp(capitalUsd, ungatedPolicy);
    if (policy) await publishApproved(fund.policies, policy(ungatedPolicy), fund.clock.now());
    if (data) await putIntoLake(fund.cloud, await simulatedLake());
    return new TestFund(fund, events, wire);
  }

  /** One cycle through the starter, as the command line runs it. */
  cycle(day: string = session, dataset: string = datasetId): Promise<CycleReport> {
    return runCycleOnce(this.fund, { session: parseDay(day), datasetId: dataset });
  }

  /** As an operator in the console, past every store of ours; tables, buckets and the like go by their physical names. */
  call<Answer = unknown>(service: string, operation: string, input: object): Promise<Answer> {
    return this.fund.cloud.call(operator, service, operation, input) as Promise<Answer>;
  }

  /** What goes wrong from now on. */
  failing(...faults: readonly FaultRule[]): void {
    this.#faults = faults;
    // A moment before every task, in which time stands still for `before`.
    const pause: FaultRule = { service: 'lambda', operation: 'Invoke', fault: 'delay', delayMs: 1 };
    this.fund.cloud.faults.replace(this.#pausesBeforeTasks ? [...faults, pause] : faults);
  }

  /** Acts once, when the cycle has come to that task and before its function is called. */
  before(state: string, act: () => Promise<unknown>): void {
    this.#pausesBeforeTasks = true;
    this.failing(...this.#faults);
    const stop = this.fund.listen(({ event, details }) => {
      if (event !== 'TaskStateEntered' || details.state !== state) return;
      stop();
      void this.fund.clock.hold(act);
    });
  }

  /** Everything the exchange has accepted, ever. */
  get brokerOrders() {
    return [...this.fund.exchange.state().orders.values()];
  }

  /** What was told under that name. */
  told(event: string): CloudEvent[] {
    return this.events.filter((heard) => heard.event === event);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fund.close();
  }
}

export const bootFund = (options: TestFundOptions = {}): Promise<TestFund> => TestFund.boot(options);
