/** How many events a bus with twenty rules can look at in a second: the matching alone, without deliveries. */
import { compilePattern } from '../../apps/local-cloud/events/index.ts';
import type { Bench } from './bench.ts';
import { median } from './bench.ts';

const EVENTS_PER_ROUND = 20_000;
const ROUNDS = 5;

const patterns = Array.from({ length: 20 }, (_, index): object => {
  const detailType = ['OrderFilled', 'CycleStarted', 'RiskRejected', 'TradingHalted'][index % 4]!;
  switch (index % 5) {
    case 0:
      return { source: ['ballast'], 'detail-type': [detailType] };
    case 1:
      return { source: ['ballast'], detail: { symbol: [{ prefix: 'A' }, { suffix: 'X' }], shares: [{ numeric: ['>', index * 10] }] } };
    case 2:
      return { 'detail-type': [{ 'anything-but': detailType }], detail: { venue: { name: [{ wildcard: 'pa*per' }] } } };
    case 3:
      return {
        source: ['ballast'],
        detail: { $or: [{ fills: { price: [{ numeric: ['>=', 100, '<', 200] }] } }, { note: [{ exists: true }] }] },
      };
    default:
      return { source: [{ prefix: 'aws.' }], account: ['111122223333'] };
  }
});

const events = Array.from({ length: 100 }, (_, index) => ({
  version: '0',
  id: `00000000-0000-4000-a000-${String(index).padStart(12, '0')}`,
  'detail-type': index % 3 === 0 ? 'OrderFilled' : 'RiskRejected',
  source: 'ballast',
  account: '111122223333',
  time: '2026-01-05T15:45:00Z',
  region: 'us-east-1',
  resources: [],
  detail: {
    symbol: `A${index}`,
    shares: index * 3,
    venue: { name: 'paper', id: index },
    fills: [
      { price: 90 + index, shares: index },
      { price: 95 + index, shares: 2 * index },
    ],
  },
}));

export const benches: Bench[] = [
  {
    name: 'events-matched-over-20-rules',
    unit: 'events/s',
    goal: { atLeast: 20_000 },
    async run() {
      const compiled = patterns.map((pattern) => compilePattern(pattern));
      const round = (): number => {
        const startedAt = performance.now();
        let matches = 0;
        for (let count = 0; count < EVENTS_PER_ROUND; count++) {
          const event = events[count % events.length];
          for (const pattern of compiled) if (pattern.matches(event)) matches++;
        }
        if (matches === 0) throw new Error('the bench rules match some of the bench events');
        return EVENTS_PER_ROUND / ((performance.now() - startedAt) / 1000);
      };
      round();
      return Math.round(median(Array.from({ length: ROUNDS }, round)));
    },
  },
];
