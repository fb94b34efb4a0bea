/** Cards about streams and Time to Live. Shapes and rules are those of the Lambda and DynamoDB Developer Guides. */
import { describe, expect, test, vi } from 'vitest';
import type { StreamRecord } from '../../../../apps/local-cloud/dynamodb/index.ts';
import { number, text } from './cards.ts';
import { callOurs, HandClock, NOON, openOurs, SINGLE_TABLE } from './support.ts';

const STREAM = 'arn:aws:dynamodb:us-east-1:000000000000:table/single/stream/2026-01-01T00:00:00.000';
const DAY_MS = 86_400_000;

const streamed = (StreamViewType = 'NEW_AND_OLD_IMAGES') => ({
  ...SINGLE_TABLE,
  StreamSpecification: { StreamViewType },
  TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
});

function open(viewType?: string) {
  const clock = new HandClock();
  const service = openOurs([streamed(viewType)], { clock });
  const put = (id: string, more: object = {}) => callOurs(service, 'PutItem', { TableName: 'single', Item: { id: text(id), ...more } });
  const remove = (id: string) => callOurs(service, 'DeleteItem', { TableName: 'single', Key: { id: text(id) } });
  const has = (id: string) => callOurs(service, 'GetItem', { TableName: 'single', Key: { id: text(id) } }).Item !== undefined;
  const read = (after?: string, limit = 100) => service.readStream(STREAM, after, limit);
  return { clock, service, put, remove, has, read };
}

const names = (records: readonly StreamRecord[]) => records.map((record) => `${record.eventName} ${JSON.stringify(record.dynamodb.Keys)}`);

describe('streams', () => {
  test('DDB-90 show every change in order, as a Lambda event does', () => {
    const { put, remove, read } = open();
    put('a', { n: number(1), b: { B: new Uint8Array([1, 2, 3]) } });
    put('a', { n: number(2) });
    remove('a');
    const records = read();
    expect(records.map((record) => record.eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
    expect(records[0]).toEqual({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: NOON / 1000,
        Keys: { id: text('a') },
        NewImage: { id: text('a'), n: number(1), b: { B: 'AQID' } },
        SequenceNumber: expect.stringMatching(/^\d{21}$/),
        SizeBytes: 3 + 3 + 3 + 4,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventSourceARN: STREAM,
    });
    expect(records[1]?.dynamodb).toMatchObject({ OldImage: { n: number(1) }, NewImage: { n: number(2) } });
    expect(records[2]?.dynamodb).not.toHaveProperty('NewImage');
    expect(new Set(records.map((record) => record.eventID)).size).toBe(3);
  });

  test('DDB-91 go on behind a sequence number, up to a limit', () => {
    const { service, put, read } = open();
    for (const id of ['a', 'b', 'c', 'd']) put(id);
    const [first, second] = read(undefined, 2);
    expect(names([first!, second!])).toEqual(['INSERT {"id":{"S":"a"}}', 'INSERT {"id":{"S":"b"}}']);
    expect(names(read(second!.dynamodb.SequenceNumber))).toEqual(['INSERT {"id":{"S":"c"}}', 'INSERT {"id":{"S":"d"}}']);
    expect(read(service.latestSequenceNumber(STREAM))).toEqual([]);
  });

  test('DDB-92 leave nothing for a write that changes nothing', () => {
    const { service, put, remove, read } = open();
    put('a', { s: { SS: ['x', 'y'] } });
    put('a', { s: { SS: ['y', 'x'] } });
    callOurs(service, 'UpdateItem', { TableName: 'single', Key: { id: text('a') } });
    remove('nobody');
    expect(read()).toHaveLength(1);
  });

  test.each([
    ['KEYS_ONLY', [false, false]],
    ['NEW_IMAGE', [true, false]],
    ['OLD_IMAGE', [false, true]],
    ['NEW_AND_OLD_IMAGES', [true, true]],
  ] as const)('DDB-93 show what the view type %s says', (viewType, [showsNew, showsOld]) => {
    const { put, read } = open(viewType);
    put('a', { n: number(1) });
    put('a', { n: number(2) });
    const modified = read()[1]!.dynamodb;
    expect([modified.NewImage !== undefined, modified.OldImage !== undefined]).toEqual([showsNew, showsOld]);
  });

  test('DDB-94 tell their listeners once a commit, until they unsubscribe', () => {
    const { service, put } = open();
    const listener = vi.fn();
    const stop = service.onStreamRecords(STREAM, listener);
    put('a');
    put('a');
    expect(listener).toHaveBeenCalledTimes(1);
    const Put = (id: string) => ({ Put: { TableName: 'single', Item: { id: text(id) } } });
    callOurs(service, 'TransactWriteItems', { TransactItems: [Put('b'), Put('c')] });
    expect(listener).toHaveBeenCalledTimes(2);
    stop();
    put('d');
    expect(listener).toHaveBeenCalledTimes(2);
  });

  test('DDB-95 keep 24 hours', () => {
    const { clock, put, read } = open();
    put('a');
    clock.advance(DAY_MS / 2);
    put('b');
    clock.advance(DAY_MS / 2 + 1);
    expect(names(read())).toEqual(['INSERT {"id":{"S":"b"}}']);
  });

  test('DDB-96 are unknown by another name', () => {
    expect(() => open().service.readStream(`${STREAM}x`, undefined, 1)).toThrow('Requested resource not found');
  });
});

describe('Time to Live', () => {
  const inSeconds = (seconds: number) => number(NOON / 1000 + seconds);

  test('DDB-97 removes an item once its second has passed, in DynamoDB’s own name', () => {
    const { clock, put, has, read } = open();
    put('a', { expires: inSeconds(60) });
    put('b', { expires: inSeconds(120) });
    put('c', { expires: text('never') });
    clock.advance(60_000);
    expect(has('a')).toBe(true);
    clock.advance(1_000);
    const records = read();
    expect(names(records.slice(3))).toEqual(['REMOVE {"id":{"S":"a"}}']);
    expect(records[3]?.userIdentity).toEqual({ type: 'Service', principalId: 'dynamodb.amazonaws.com' });
    expect(records[3]?.dynamodb.OldImage).toBeDefined();
    expect([has('a'), has('b'), has('c')]).toEqual([false, true, true]);
  });

  test('DDB-98 follows the attribute when it changes', () => {
    const { clock, put, has } = open();
    put('a', { expires: inSeconds(60) });
    put('a', { expires: inSeconds(600) });
    put('b', { expires: inSeconds(60) });
    put('b');
    clock.advance(61_000);
    expect([has('a'), has('b')]).toEqual([true, true]);
  });

  test('DDB-99 leaves items whose time is more than five years past', () => {
    const { clock, put, has } = open();
    put('ancient', { expires: number(1_000_000) });
    put('recent', { expires: inSeconds(-60) });
    clock.advance(1);
    expect([has('ancient'), has('recent')]).toEqual([true, false]);
  });
});
