/**
 * How many events a bus can look at in a second: the matching alone over twenty rules, without deliveries; and an event of the catalogue
 * from its text to a checked value under the fund's own kind of rules, with the same done by hand (parse, compare two members) beside it.
 */
import { compilePattern } from '../../apps/local-cloud/events/index.ts';
import { eventCatalogue } from '../../shared/contracts/event-catalogue.ts';
import { type EventType, eventSchemas } from '../../shared/contracts/events.ts';
import { eventSource } from '../../shared/contracts/names/index.ts';
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

const types = Object.keys(eventSchemas) as EventType[];

/** As they arrive: one of each type, in turn. */
const texts = types.map((type) =>
  JSON.stringify({ ...events[0], source: eventSource, 'detail-type': type, detail: eventCatalogue[type].example }),
);

/** One rule for each type, and one for every third of them together: each event is heard twice. */
const fundPatterns = [
  ...types.map((type) => ({ source: [eventSource], 'detail-type': [type] })),
  ...[0, 1, 2].map((rest) => ({ source: [eventSource], 'detail-type': types.filter((_, index) => index % 3 === rest) })),
];

interface Arrived {
  readonly source: string;
  readonly 'detail-type': EventType;
  readonly detail: unknown;
}

/** Events a second through `take`, which says how many rules heard the event. */
function eventsPerSecond(take: (text: string) => number): number {
  const round = (): number => {
    const startedAt = performance.now();
    let heard = 0;
    for (let count = 0; count < EVENTS_PER_ROUND; count++) heard += take(texts[count % texts.length]!);
    if (heard !== 2 * EVENTS_PER_ROUND) throw new Error('every event of the bench is heard by two rules');
    return EVENTS_PER_ROUND / ((performance.now() - startedAt) / 1000);
  };
  round();
  return median(Array.from({ length: ROUNDS }, round));
}

function throughBus(): number {
  const compiled = fundPatterns.map((pattern) => compilePattern(pattern));
  return eventsPerSecond((text) => {
    const event = JSON.parse(text) as Arrived;
    let heard = 0;
    for (const pattern of compiled) if (pattern.matches(event)) heard++;
    if (!eventSchemas[event['detail-type']].safeParse(event.detail).success) throw new Error('every event of the bench passes its schema');
    return heard;
  });
}

/** The least that any bus must do: parse, compare two members with each rule's words, and believe the rest. */
function byHand(): number {
  const wanted = fundPatterns.map((pattern) => new Set<string>(pattern['detail-type']));
  return eventsPerSecond((text) => {
    const event = JSON.parse(text) as Arrived;
    let heard = 0;
    for (const words of wanted) if (event.source === eventSource && words.has(event['detail-type'])) heard++;
    return heard;
  });
}

export const benches: Bench[] = [
  {
    name: 'events-through-pattern-match-and-schema',
    unit: 'events/s',
    goal: { atLeast: 50_000 },
    run: () => Promise.resolve(Math.round(throughBus())),
  },
  {
    name: 'events-through-pattern-match-and-schema-to-parse-and-compare',
    unit: 'x as fast',
    run: () => Promise.resolve(throughBus() / byHand()),
  },
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
