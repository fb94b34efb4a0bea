/**
 * What the fund does, in small pieces that together need every permission there is. Each piece ends well when nothing is
 * missing, and `play` says whether it did.
 */

import { sliceBars } from '../../../shared/domain/market/bars.ts';
import { simulateMarket } from '../../../shared/domain/market/simulator/simulate-market.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { ingestCsv, linesOf } from '../../support/bars-csv.ts';
import { named, session, type TestFund } from '../../support/boot-fund.ts';
import { newsModelFor, readByModel, sameOfAll } from '../../support/news-model.ts';
import { publishApproved } from '../../support/publish-policy.ts';
import { abortedCycle, restingOrder } from '../../support/resting-order.ts';
import { workedPolicy } from '../../support/small-fund.ts';
import { executions, fire, travel } from '../../support/starter.ts';
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
import { ungatedPolicy } from '../../support/ungated-policy.ts';
import { alertProbes } from './alert-probes.ts';
import { controlProbes } from './control-probes.ts';
import { type Probe, undeliverable } from './probe.ts';
import { researchProbes } from './research-probes.ts';
import { cycleId } from './scenario.ts';

const cycleWith = (what: string, prepare: (fund: TestFund) => Promise<unknown> | unknown, outcome: string): Probe => ({
  what,
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
    data: true,
    run: async (fund) => (await fund.cycle(session, 'nowhere')).outcome === 'refused',
  },
  { ...cycleWith('a halted cycle', loosenStoredPolicy, 'halted'), expectedTrouble: /golden SHA-256|TradingHalted/ },
  { ...cycleWith('a cycle halted once it holds the lease', garbleRiskMemory, 'halted'), expectedTrouble: /well formed|TradingHalted/ },
  {
    what: 'a cycle by its schedule',
    data: true,
    async run(fund) {
      await fire(fund, 'cycle-1545', await travel(fund, session));
      return fund.brokerOrders.length > 0 && (await executions(fund)).length === 1 && (await archived(fund)) > 0;
    },
  },
  {
    what: 'a cycle of a half day by its schedule',
    data: true,
    async run(fund) {
      await fire(fund, 'cycle-1245-short-sessions', await travel(fund, '2024-11-29', '12:45'));
      return (await executions(fund)).length === 1;
    },
  },
  {
    what: 'a cycle by its schedule that may open what is listed, and finds no list',
    data: true,
    async run(fund) {
      await publishApproved(fund.fund.policies, defaultPolicy, fund.fund.clock.now());
      await fire(fund, 'cycle-1545', await travel(fund, session));
      return fund.brokerOrders.length === 0 && (await fund.fund.audit.cycles()).length === 1;
    },
  },
  cycleWith('a cycle of which every call arrives twice', (fund) => fund.failing({ fault: 'duplicate' }), 'traded'),
  {
    what: 'a cycle whose news a language model reads',
    data: true,
    async run(fund) {
      await using model = await newsModelFor(
        fund,
        sameOfAll(() => 0.5),
      );
      const { clock, policies } = fund.fund;
      await publishApproved(policies, readByModel(ungatedPolicy), clock.now());
      return (await fund.cycle()).outcome === 'traded' && model.asked.length > 0;
    },
  },
  {
    what: 'a reconciliation by its schedule, on a day with a trade by hand',
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
    data: true,
    expectedTrouble: /counters are what its entries add up to|TradingHalted/,
    async run(fund) {
      await putItem(fund, 'ledger', unaccountedPosition);
      await fire(fund, 'reconcile-1615', await travel(fund, session, '16:15'));
      const control = await fund.fund.control.read();
      return !isRefusal(control) && control.state === 'HALTED';
    },
  },
  {
    what: 'a halt with an order that is slow to end, and one that the ledger held for over',
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
    data: true,
    async run(fund) {
      const dead = await abortedCycle(fund, await travel(fund, session, '11:00'));
      await restingOrder(fund, 'QBYT', dead);
      await fire(fund, 'dead-man', await travel(fund, session, '11:05'));
      return (await fund.fund.ledger.openOrders()).length === 0;
    },
  },
  {
    what: 'the ingest of a file',
    data: false,
    run: async (fund) => (await ingestSmallFile(fund)).end.status === 'SUCCEEDED',
  },
  {
    what: 'the ingest of a file of which every call arrives twice',
    data: false,
    async run(fund) {
      fund.failing({ fault: 'duplicate' });
      return (await ingestSmallFile(fund)).end.status === 'SUCCEEDED';
    },
  },
  {
    what: 'the nightly ingest by its schedule',
    data: true,
    async run(fund) {
      await fire(fund, 'ingest-nightly', fund.fund.clock.now());
      return fund.told('SucceedStateEntered').length === 1;
    },
  },
  ...controlProbes,
  ...alertProbes,
  ...researchProbes,
  ...[
    ...['cycle-1545', 'cycle-1245-short-sessions', 'watch-1605', 'watch-1305-short-sessions', 'dead-man', 'reconcile-1615', 'check-broker'],
    ...[
      'rank-hourly',
      'watch-health',
      'steer-fund',
      'escalate-alerts',
      'heartbeat-1645',
      'report-1630',
      'checkpoint-1900',
      'ingest-nightly',
    ],
  ].map(undeliverable),
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

async function archived(fund: TestFund): Promise<number> {
  const listed = await fund.call<{ KeyCount: number }>('s3', 'ListObjectsV2', {
    Bucket: `${named('audit-archive')}-000000000000-us-east-1`,
  });
  return listed.KeyCount;
}
