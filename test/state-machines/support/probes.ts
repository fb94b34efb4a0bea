/**
 * What the fund does, in small pieces that together need every permission there is. Each piece ends well when nothing is
 * missing, and `play` says whether it did.
 */

import { marshall } from '@aws-sdk/util-dynamodb';
import { sliceBars } from '../../../shared/domain/market/bars.ts';
import { simulateMarket } from '../../../shared/domain/market/simulator/simulate-market.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { ingestCsv, linesOf } from '../../support/bars-csv.ts';
import { bootFund, named, session, type TestFund } from '../../support/boot-fund.ts';
import { newsModelFor, readByModel, sameOfAll } from '../../support/news-model.ts';
import { publishApproved } from '../../support/publish-policy.ts';
import { abortedCycle, restingOrder } from '../../support/resting-order.ts';
import { workedPolicy } from '../../support/small-fund.ts';
import { executions, fire, at as instantAt, travel } from '../../support/starter.ts';
import {
  changeCycleDocument,
  forgetAccount,
  garbleRiskMemory,
  loosenStoredPolicy,
  putItem,
  rememberFreeze,
  setControlState,
  unaccountedPosition,
} from '../../support/tampering.ts';
import { cycleId } from './scenario.ts';

export interface Probe {
  readonly what: string;
  readonly stack: 'ingest' | 'trading' | 'events' | 'control';
  /** Whether the lake holds the simulated market before. */
  readonly data: boolean;
  /** What goes wrong in it on purpose. */
  readonly expectedTrouble?: RegExp;
  /** Whether all went as it should. */
  run(fund: TestFund): Promise<boolean>;
}

export interface ProbeEnd {
  readonly wentWell: boolean;
  /** Everything that was told, and what the boot was refused with. */
  readonly said: string;
}

/** Boots a fund without these statements and has it do the probe. */
export async function play(probe: Probe, withoutStatements: readonly string[] = []): Promise<ProbeEnd> {
  try {
    await using fund = await bootFund({ data: probe.data, cloud: { withoutStatements } });
    const asItShould = await probe.run(fund);
    const trouble = fund.events.filter(({ event }) => troubles.has(event)).map((event) => JSON.stringify(event));
    const wentWell = asItShould && trouble.every((told) => probe.expectedTrouble?.test(told) ?? false);
    return { wentWell, said: JSON.stringify(fund.events) };
  } catch (error) {
    return { wentWell: false, said: (error as Error).message };
  }
}

const troubles = new Set([
  'InvokeFailed',
  'StateFailed',
  'BackgroundFailed',
  'LogsRefused',
  'TracesRefused',
  'DeadLetterFailed',
  'DestinationFailed',
  'FirehoseDeliveryFailed',
]);

/** A schedule that cannot be delivered goes to the dead letters. */
const undeliverable = (stack: Probe['stack'], schedule: string, time: string): Probe => ({
  what: `the schedule ${schedule} when its function takes no call`,
  stack,
  data: stack === 'trading',
  async run(fund) {
    const at = stack === 'trading' ? await travel(fund, session, time) : fund.fund.clock.now();
    fund.failing({ service: 'lambda', operation: 'Invoke', fault: 'throttle' });
    await fire(fund, schedule, at);
    return fund.told('DeadLettered').length === 1;
  },
});

const cycleWith = (what: string, prepare: (fund: TestFund) => Promise<unknown> | unknown, outcome: string): Probe => ({
  what,
  stack: 'trading',
  data: true,
  async run(fund) {
    await prepare(fund);
    return (await fund.cycle()).outcome === outcome;
  },
});

export const probes: readonly Probe[] = [
  cycleWith('a refused cycle', (fund) => setControlState(fund, 'PAUSED'), 'refused'),
  cycleWith('a cycle that risk freezes', rememberFreeze, 'no-trade'),
  cycleWith('a cycle refused once it holds the lease', forgetAccount, 'refused'),
  {
    what: 'a cycle on a data set that is not there',
    stack: 'trading',
    data: true,
    run: async (fund) => (await fund.cycle(session, 'nowhere')).outcome === 'refused',
  },
  { ...cycleWith('a halted cycle', loosenStoredPolicy, 'halted'), expectedTrouble: /golden SHA-256|TradingHalted/ },
  { ...cycleWith('a cycle halted once it holds the lease', garbleRiskMemory, 'halted'), expectedTrouble: /well formed|TradingHalted/ },
  {
    what: 'a cycle by its schedule',
    stack: 'trading',
    data: true,
    async run(fund) {
      await fire(fund, 'cycle-1545', await travel(fund, session));
      return fund.brokerOrders.length > 0 && (await executions(fund)).length === 1 && (await archived(fund)) > 0;
    },
  },
  {
    what: 'a cycle of a half day by its schedule',
    stack: 'trading',
    data: true,
    async run(fund) {
      await fire(fund, 'cycle-1245-short-sessions', await travel(fund, '2024-11-29', '12:45'));
      return (await executions(fund)).length === 1;
    },
  },
  cycleWith('a cycle of which every call arrives twice', (fund) => fund.failing({ fault: 'duplicate' }), 'traded'),
  {
    what: 'a cycle whose news a language model reads',
    stack: 'trading',
    data: true,
    async run(fund) {
      await using model = await newsModelFor(
        fund,
        sameOfAll(() => 0.5),
      );
      const { clock, policies } = fund.fund;
      await publishApproved(policies, readByModel(defaultPolicy), clock.now());
      return (await fund.cycle()).outcome === 'traded' && model.asked.length > 0;
    },
  },
  undeliverable('trading', 'cycle-1545', '15:45'),
  undeliverable('trading', 'cycle-1245-short-sessions', '12:45'),
  {
    what: 'a reconciliation by its schedule, on a day with a trade by hand',
    stack: 'trading',
    data: true,
    async run(fund) {
      await travel(fund, session, '12:00');
      fund.fund.exchange.manualTrade({ symbol: 'QBYT', side: 'buy', quantity: 3, priceUsd: 20.5 });
      await fire(fund, 'reconcile-1615', await travel(fund, session, '16:15'));
      const stop = await fund.fund.control.readStop({ kind: 'symbol', name: 'QBYT' });
      return stop?.state === 'PAUSED' && !isRefusal(await fund.fund.reconciliations.latest());
    },
  },
  {
    what: 'a reconciliation that halts',
    stack: 'trading',
    data: true,
    expectedTrouble: /counters are what its entries add up to|TradingHalted/,
    async run(fund) {
      await putItem(fund, 'ledger', unaccountedPosition);
      await fire(fund, 'reconcile-1615', await travel(fund, session, '16:15'));
      const control = await fund.fund.control.read();
      return !isRefusal(control) && control.state === 'HALTED';
    },
  },
  undeliverable('trading', 'reconcile-1615', '16:15'),
  {
    what: 'a halt with an order that is slow to end, and one that the ledger held for over',
    stack: 'trading',
    data: true,
    expectedTrouble: /Alpaca did not answer/,
    async run(fund) {
      await travel(fund, session, '11:00');
      await restingOrder(fund, 'QBYT');
      const stray = await restingOrder(fund, 'QDEL');
      // As if it had been given up: the exchange has it all the same.
      await fund.fund.ledger.record([{ key: stray, event: { kind: 'rejected', note: 'a lie' } }], fund.fund.clock.now());
      // Four attempts at two orders: the machine waits, and its next pass looks whether the halt still stands.
      let unanswered = 8;
      fund.wire.before = ({ method }) => (method === 'DELETE' && unanswered-- > 0 ? 'request-lost' : 'none');
      await setControlState(fund, 'HALTED');
      await fund.fund.cloud.settle();
      return (await fund.fund.ledger.openOrders()).length === 0 && fund.told('SucceedStateEntered').length === 1;
    },
  },
  {
    what: 'a halt that sells, whose permit is asked for twice',
    stack: 'trading',
    data: true,
    expectedTrouble: /Runtime.ExitError/,
    async run(fund) {
      await fund.cycle();
      const permitting = { service: 'lambda', operation: 'Invoke', target: named('orders-permit-liquidation') };
      fund.failing({ ...permitting, nth: 1, fault: 'crash-after' });
      const halt = { state: 'HALTED', reason: 'a drill', actor: 'test', at: fund.fund.clock.now(), flatten: true } as const;
      await fund.fund.control.change({ kind: 'fund' }, halt);
      await fund.fund.cloud.settle();
      return (await fund.fund.ledger.positions()).every(({ quantity }) => quantity === 0);
    },
  },
  {
    what: 'a cycle whose orders are worked, until one is to go out under a permit that was changed',
    stack: 'trading',
    data: true,
    expectedTrouble: /InvariantViolation/,
    async run(fund) {
      await publishApproved(fund.fund.policies, workedPolicy, fund.fund.clock.now());
      fund.before('Work Slice', () =>
        changeCycleDocument(fund, cycleId, 'permit', (text) => text.replace(/"buySharesMax":[^,]+/, '"buySharesMax":1')),
      );
      await fund.cycle();
      const control = await fund.fund.control.read();
      return !isRefusal(control) && control.state === 'HALTED';
    },
  },
  {
    what: 'a stop by an event',
    stack: 'events',
    data: false,
    async run(fund) {
      const Detail = JSON.stringify({ scope: { kind: 'fund' }, state: 'PAUSED', reason: 'a monitor', actor: 'monitor' });
      const Entries = [{ EventBusName: named('events'), Source: 'ballast', DetailType: 'StopRequested', Detail }];
      await fund.call('events', 'PutEvents', { Entries });
      await fund.fund.cloud.settle();
      const control = await fund.fund.control.read();
      return !isRefusal(control) && control.state === 'PAUSED';
    },
  },
  {
    what: 'the dead-man switch on a cycle that was aborted',
    stack: 'trading',
    data: true,
    async run(fund) {
      const dead = await abortedCycle(fund, await travel(fund, session, '11:00'));
      await restingOrder(fund, 'QBYT', dead);
      await fire(fund, 'dead-man', await travel(fund, session, '11:05'));
      return (await fund.fund.ledger.openOrders()).length === 0;
    },
  },
  undeliverable('trading', 'dead-man', '11:05'),
  {
    what: 'a policy that two people put in force',
    stack: 'control',
    data: false,
    async run(fund) {
      await publishApproved(fund.fund.policies, workedPolicy, fund.fund.clock.now());
      await fund.fund.cloud.settle();
      return (await fund.fund.audit.all()).some(({ record }) => record.type === 'policy' && record.record.approvedBy === 'test/second');
    },
  },
  {
    what: 'a person in the role of the operator who looks at what stops trading and pauses it',
    stack: 'control',
    data: false,
    async run(fund) {
      const { cloud } = fund.fund;
      const caller = { kind: 'role', roleArn: cloud.iam.roleArn(named('operator')), session: 'ada' } as const;
      const [TableName, Key] = [named('policy'), marshall({ pk: 'control', sk: 'trading' })];
      const { Item } = (await cloud.call(caller, 'dynamodb', 'GetItem', { TableName, Key })) as { Item: object };
      const ExpressionAttributeValues = marshall({ ':pk': 'control' });
      await cloud.call(caller, 'dynamodb', 'Query', { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues });
      await cloud.call(caller, 'dynamodb', 'PutItem', { TableName, Item: { ...Item, state: { S: 'PAUSED' } } });
      return (await fund.fund.control.isHalted({ kind: 'fund' })) === false;
    },
  },
  {
    what: 'the report of a day with a cycle, by its schedule',
    stack: 'control',
    data: true,
    async run(fund) {
      await fund.cycle();
      await fund.fund.cloud.settle();
      for (const _delivery of ['first', 'again']) await fire(fund, 'report-1630', await travel(fund, session, '16:30'));
      const reports = await fund.fund.lake.keysUnder(`reports/${session}/`);
      return reports.length === 6 && (await fund.fund.lake.keysUnder('analytics/daily/')).length === 1;
    },
  },
  undeliverable('control', 'report-1630', '16:30'),
  {
    what: 'a session of checks and looks, and an audit trail that is found broken',
    stack: 'control',
    data: true,
    run: steeredSession,
  },
  {
    what: 'a check and a look before the first ingest',
    stack: 'control',
    data: false,
    async run(fund) {
      const now = instantAt(session, '09:30');
      fund.fund.clock.travelTo(now);
      for (const schedule of ['watch-health', 'steer-fund']) await fire(fund, schedule, now);
      const { document } = await fund.fund.health.read('data');
      return document?.state.reasons[0] === 'no-data-set';
    },
  },
  undeliverable('control', 'watch-health', '09:30'),
  undeliverable('control', 'steer-fund', '09:30'),
  undeliverable('trading', 'check-broker', '09:30'),
  {
    what: 'the ingest of a file',
    stack: 'ingest',
    data: false,
    run: async (fund) => (await ingestSmallFile(fund)).end.status === 'SUCCEEDED',
  },
  {
    what: 'the ingest of a file of which every call arrives twice',
    stack: 'ingest',
    data: false,
    async run(fund) {
      fund.failing({ fault: 'duplicate' });
      return (await ingestSmallFile(fund)).end.status === 'SUCCEEDED';
    },
  },
  {
    what: 'the nightly ingest by its schedule',
    stack: 'ingest',
    data: true,
    async run(fund) {
      await fire(fund, 'ingest-nightly', fund.fund.clock.now());
      return fund.told('SucceedStateEntered').length === 1;
    },
  },
  undeliverable('ingest', 'ingest-nightly', '18:30'),
];

let smallFile: readonly string[] | undefined;

/** A year and a half of two companies, with a report, a release and a headline. */
function ingestSmallFile(fund: TestFund) {
  if (!smallFile) {
    const { bars } = simulateMarket({ seed: 1 });
    smallFile = ['QAER', 'QBYT'].flatMap((symbol) => linesOf(sliceBars(bars.get(symbol as never)!, 1000, 1400)));
  }
  return ingestCsv(fund, smallFile, undefined, {
    fundamentals: 'ticker,period_end,available_date,net_income,total_assets,equity\nQAER,2021-03-31,2021-05-05,2e6,1e8,4e7\n',
    earnings: 'symbol,date,qtr,eps_est,eps,release_time,surp\nQAER,2021-05-05,21-Mar,0.8,0.84,post,0.04\n',
    news: 'symbol,published_at,headline\nQBYT,2021-05-05T14:30:00Z,Byte raises guidance\n',
  });
}

/** Checks and looks in calm, then a broken audit trail: its part goes down, and the mode is tightened by the event alone. */
async function steeredSession(fund: TestFund): Promise<boolean> {
  for (const time of ['09:30', '09:35']) {
    const now = await travel(fund, session, time);
    for (const schedule of ['watch-health', 'check-broker', 'steer-fund']) await fire(fund, schedule, now);
  }
  const checked = await fund.fund.health.all();
  const isWatched = Object.values(checked).every(({ document }) => document?.state.status === 'healthy');
  const at = new Date(fund.fund.clock.now()).toISOString();
  const broken = { eventId: 'probe/broken', at, summary: 'A probe.', fault: 'probe', sequence: 0, finding: 'a probe' };
  await fund.fund.events.publish([{ type: 'AuditBroken', detail: broken }]);
  await fund.fund.cloud.settle();
  const inForce = await fund.fund.policies.inForce();
  return (
    isWatched && (await fund.fund.steering.read()).state !== null && !isRefusal(inForce) && inForce.policy.steering.mode === 'DEFENSIVE'
  );
}

async function archived(fund: TestFund): Promise<number> {
  const listed = await fund.call<{ KeyCount: number }>('s3', 'ListObjectsV2', {
    Bucket: `${named('audit-archive')}-000000000000-us-east-1`,
  });
  return listed.KeyCount;
}
