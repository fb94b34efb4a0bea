/**
 * A fund on this machine: the local cloud booted from the synthesized templates, the paper exchange beside it, and the
 * stores as an operator sees them. What a command does, it does through the same machines and tables as on AWS.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { bucketName, physicalName, type StageName } from '../../shared/contracts/names/index.ts';
import { newYorkInstant } from '../../shared/domain/market/calendar.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { tryParseDay } from '../../shared/kernel/days.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { Bps, EpochDay, EpochMs, Usd } from '../../shared/kernel/units.ts';
import type { AlertStore } from '../../shared/stores/alerts.ts';
import type { AuditStore } from '../../shared/stores/audit.ts';
import type { AuditTrail } from '../../shared/stores/audit-trail.ts';
import type { ControlStore } from '../../shared/stores/control.ts';
import type { EventPublisher } from '../../shared/stores/events.ts';
import type { HealthStore } from '../../shared/stores/health.ts';
import { Lake } from '../../shared/stores/lake/index.ts';
import type { Ledger } from '../../shared/stores/ledger/index.ts';
import type { OpportunityStore } from '../../shared/stores/opportunities.ts';
import type { PolicyStore } from '../../shared/stores/policies.ts';
import type { ReconciliationStore } from '../../shared/stores/reconciliations.ts';
import type { RiskStateStore } from '../../shared/stores/risk-state.ts';
import type { SteeringStore } from '../../shared/stores/steering-state.ts';
import type { SymbolStore } from '../../shared/stores/symbols.ts';
import type { TrialLedger } from '../../shared/stores/trial-ledger.ts';
import { VirtualClock } from '../local-cloud/clock.ts';
import { accountId, LocalCloud, type LocalCloudOptions, operator, region } from '../local-cloud/cloud.ts';
import type { CloudEvent } from '../local-cloud/service.ts';
import { createPaperExchange, type PaperExchange } from '../paper-exchange/index.ts';
import { synthesizedAssembly } from './assembly.ts';
import type { Io } from './io.ts';
import { type OperatorStores, operatorStores } from './operator-stores.ts';
import { SessionMarket } from './session-market.ts';
import { setUpFund } from './set-up.ts';
import type { StateDirectory } from './state-directory.ts';

export interface FundOptions {
  readonly directory: StateDirectory;
  readonly io: Io;
}

export interface FundSurroundings {
  /** What `cdk synth` wrote for stage `dev`. */
  readonly assemblyDirectory: string;
  /** Folders that keep what the cloud and the exchange know; without them, it is gone with the process. */
  readonly keptIn?: { readonly cloud: string; readonly exchange: string };
  readonly seed: number;
  readonly capitalUsd: number;
  readonly cloud?: Pick<LocalCloudOptions, 'faults' | 'withoutStatements' | 'sharesBundles'>;
  /** Whether the exchange pays dividends of the data on their ex-date; it does not unless said otherwise. */
  readonly paysDividends?: boolean;
  /** Hears every event of the cloud, from its first on. */
  onEvent?(event: CloudEvent): void;
  /** What stands between functions and the exchange; by default nothing. */
  wire?(exchange: typeof globalThis.fetch): typeof globalThis.fetch;
}

export interface FundBook {
  readonly cash: number;
  readonly equity: number;
  readonly positions: ReadonlyArray<{
    readonly symbol: string;
    readonly quantity: number;
    readonly averageCost: number;
    readonly price: number;
    readonly value: number;
  }>;
}

const stage: StageName = 'dev';
const paperKeyId = 'PAPER';
const exchangeUrl = 'http://paper-exchange.localhost';
/**
 * An assumed spread of a large US stock, and the square-root rule of thumb (Grinold & Kahn, "Active Portfolio Management", ch. 16): trading a
 * day's volume costs about a day's volatility, here 1.5 %.
 */
const paperCosts = { spreadBps: 2 as Bps, impactBpsAtWholeVolume: 150 as Bps };
/** Where time stands until a command says otherwise; only file dates show it. */
const beforeAnySession = Date.UTC(2025, 0, 1) as EpochMs;

export class Fund implements OperatorStores {
  readonly stage = stage;
  readonly cloud: LocalCloud;
  readonly clock: VirtualClock;
  readonly alerts: AlertStore;
  readonly control: ControlStore;
  readonly policies: PolicyStore;
  readonly opportunities: OpportunityStore;
  readonly health: HealthStore;
  readonly steering: SteeringStore;
  readonly audit: AuditStore;
  readonly auditTrail: AuditTrail;
  readonly symbols: SymbolStore;
  readonly riskState: RiskStateStore;
  readonly ledger: Ledger;
  readonly reconciliations: ReconciliationStore;
  readonly events: EventPublisher;
  readonly trials: TrialLedger;
  readonly lake: Lake;
  readonly seed: number;
  readonly #market: SessionMarket;
  readonly #listeners: Set<(event: CloudEvent) => void>;
  #exchange: PaperExchange | undefined;

  private constructor(
    cloud: LocalCloud,
    clock: VirtualClock,
    market: SessionMarket,
    listeners: Set<(event: CloudEvent) => void>,
    seed: number,
  ) {
    this.cloud = cloud;
    this.clock = clock;
    this.seed = seed;
    this.#market = market;
    this.#listeners = listeners;
    const stores = operatorStores(stage, cloud.clientConfig(operator));
    this.alerts = stores.alerts;
    this.control = stores.control;
    this.policies = stores.policies;
    this.opportunities = stores.opportunities;
    this.audit = stores.audit;
    this.auditTrail = stores.auditTrail;
    this.symbols = stores.symbols;
    this.riskState = stores.riskState;
    this.ledger = stores.ledger;
    this.reconciliations = stores.reconciliations;
    this.health = stores.health;
    this.steering = stores.steering;
    this.events = stores.events;
    this.trials = stores.trials;
    this.lake = new Lake(new S3Client(cloud.clientConfig(operator)), bucketName(stage, 'lake', accountId, region));
  }

  /** Boots the cloud over what the directory holds; a new directory is set up first. @throws DamagedState, BadInput */
  static async open({ directory, io }: FundOptions): Promise<Fund> {
    const { seed, capitalUsd } = directory.beginning;
    const fund = await Fund.boot({
      assemblyDirectory: await synthesizedAssembly(stage, io),
      keptIn: { cloud: directory.in('cloud'), exchange: directory.in('exchange') },
      seed,
      capitalUsd,
      cloud: { sharesBundles: true },
      onEvent: logTo(directory.in('log')),
    });
    if (directory.isNew) {
      await fund.setUp(capitalUsd);
      directory.markReady();
    } else await fund.#goOn();
    return fund;
  }

  /** Cloud and exchange, connected; a fund that is new must still be set up. @throws DamagedState */
  static async boot({
    assemblyDirectory,
    keptIn,
    seed,
    capitalUsd,
    cloud: options,
    paysDividends = false,
    onEvent,
    wire,
  }: FundSurroundings): Promise<Fund> {
    const clock = new VirtualClock(beforeAnySession);
    const market = new SessionMarket({ paysDividends });
    const listeners = new Set<(event: CloudEvent) => void>(onEvent ? [onEvent] : []);
    let network: typeof globalThis.fetch | undefined;
    const cloud = await LocalCloud.boot({
      ...options,
      assemblyDirectory,
      ...(keptIn && { storageDirectory: keptIn.cloud }),
      clock,
      seed,
      fetch: (input, init) => network!(input, init),
      onEvent: (event) => {
        for (const listener of listeners) listener(event);
      },
    });
    const fund = new Fund(cloud, clock, market, listeners, seed);
    const exchange = createPaperExchange({
      market,
      clock,
      ...(keptIn && { storagePath: join(keptIn.exchange, 'exchange.journal') }),
      startingCashUsd: capitalUsd as Usd,
      newId: sequentialIds(seed),
      ...paperCosts,
      // Time stands still while a cycle runs, so a limit per minute would never let up.
      requestsPerMinuteMax: Number.POSITIVE_INFINITY,
      mayShort: false,
      keyId: paperKeyId,
      secretKey: await fund.#brokerSecret(),
    });
    const toExchange = wire ? wire(exchange.fetch) : exchange.fetch;
    // Whatever is not the exchange, e.g. a chat that alerts go to, is where its address says.
    network = (input, init) => (addressOf(input).startsWith(exchangeUrl) ? toExchange(input, init) : globalThis.fetch(input, init));
    fund.#exchange = exchange;
    return fund;
  }

  /** The broker's side of the account. */
  get exchange(): PaperExchange {
    return this.#exchange!;
  }

  /** Hears every event of the cloud until the returned function is called. */
  listen(listener: (event: CloudEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Moves time to that New York wall-clock time, and the exchange's market to that session. */
  async travelTo(session: EpochDay, datasetId: string, hour: number, minute: number): Promise<EpochMs> {
    const at = newYorkInstant(session, hour, minute);
    // What is under way ends in its own time.
    await this.cloud.settle();
    this.clock.travelTo(at);
    await this.#market.load(this.lake, datasetId, session);
    return at;
  }

  /** Cash, holdings and their worth at that session's close, or the last one before it. */
  async book(session: EpochDay): Promise<FundBook> {
    const [account, held] = await Promise.all([this.ledger.account(), this.ledger.positions()]);
    const positions = held
      .filter(({ quantity }) => quantity !== 0)
      .map(({ symbol, quantity, averageCost }) => {
        const price = this.#market.lastClose(symbol, session) ?? averageCost ?? 0;
        return { symbol, quantity, averageCost: averageCost ?? 0, price, value: quantity * price };
      });
    const cash = isRefusal(account) ? 0 : account.cashUsd;
    return { cash, positions, equity: positions.reduce((sum, { value }) => sum + value, cash) };
  }

  /** Time goes on where the last cycle left it: what is kept for some time (alerts, letters, archives) is kept from then. */
  async #goOn(): Promise<void> {
    const last = (await this.audit.cycles()).at(-1);
    const session = tryParseDay(last?.slice('cycle-'.length, 'cycle-YYYY-MM-DD'.length) ?? '');
    if (session !== undefined) this.clock.travelTo(newYorkInstant(session, 16, 15));
  }

  async close(): Promise<void> {
    await this.cloud.settle();
    await this.#exchange?.close();
    await this.cloud.close();
  }

  /** The template's random broker secret, with the paper exchange's address put in once. */
  async #brokerSecret(): Promise<string> {
    const SecretId = physicalName(stage, 'broker');
    const { SecretString } = (await this.cloud.call(operator, 'secretsmanager', 'GetSecretValue', { SecretId })) as {
      SecretString: string;
    };
    const { keyId, secretKey } = JSON.parse(SecretString) as { keyId: string; secretKey: string };
    if (keyId !== paperKeyId) {
      const connected = JSON.stringify({ keyId: paperKeyId, secretKey, baseUrl: exchangeUrl, dataUrl: exchangeUrl });
      await this.cloud.call(operator, 'secretsmanager', 'PutSecretValue', { SecretId, SecretString: connected });
    }
    return secretKey;
  }

  /** What an operator does once after the first deployment: policy, cash, and leave to trade. */
  async setUp(capitalUsd: number, policy?: Policy): Promise<void> {
    await setUpFund(this, { capitalUsd, control: 'RUNNING', actor: 'setup', at: this.clock.now(), ...(policy && { policy }) });
  }
}

const addressOf = (input: Parameters<typeof globalThis.fetch>[0]): string => (input instanceof Request ? input.url : String(input));

/** Log lines of functions, one file a function, as CloudWatch would keep them. */
function logTo(directory: string): (event: CloudEvent) => void {
  mkdirSync(directory, { recursive: true });
  return ({ event, details }) => {
    if (event === 'LogLine') appendFileSync(join(directory, `${String(details.functionName)}.log`), `${String(details.line)}\n`);
  };
}

/** Broker order ids in the shape of Alpaca's, the same in every run from the same seed. */
function sequentialIds(seed: number): () => string {
  let count = 0;
  return () => {
    count++;
    return `${seed.toString(16).padStart(8, '0')}-0000-4000-8000-${count.toString(16).padStart(12, '0')}`;
  };
}
