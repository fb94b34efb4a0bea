/** Cards about transactions. No outside emulator has them: the expected texts are those of the DynamoDB API reference. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { AwsService } from '../../../../apps/local-cloud/service.ts';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import { number, text } from './cards.ts';
import { CARDS_TABLE, callOurs, HandClock, type Output, openOurs, recordingContext, SINGLE_TABLE } from './support.ts';

let service: AwsService;
let clock: HandClock;

beforeEach(() => {
  clock = new HandClock();
  service = openOurs([CARDS_TABLE, SINGLE_TABLE], { clock });
});

const put = (sk: string, more: object = {}, condition: object = {}) => ({
  Put: { TableName: 'cards', Item: { pk: text('p'), sk: text(sk), ...more }, ...condition },
});
const key = (sk: string) => ({ TableName: 'cards', Key: { pk: text('p'), sk: text(sk) } });
const write = (TransactItems: readonly object[], more: object = {}): Output =>
  callOurs(service, 'TransactWriteItems', { TransactItems, ...more });
const get = (sk: string): unknown => callOurs(service, 'GetItem', key(sk)).Item;

function refusal(run: () => unknown): AwsError {
  try {
    run();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error('the call was not refused');
}

describe('TransactWriteItems', () => {
  test('DDB-70 does all of its actions, over several tables', () => {
    callOurs(service, 'PutItem', put('old').Put);
    callOurs(service, 'PutItem', put('control', { state: text('RUNNING'), epoch: number(3) }).Put);
    write([
      put('intent', { quantity: number(100) }),
      { Update: { ...key('counter'), UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': number(1) } } },
      { Delete: key('old') },
      {
        ConditionCheck: {
          ...key('control'),
          ConditionExpression: '#s = :running AND epoch = :epoch',
          ExpressionAttributeNames: { '#s': 'state' },
          ExpressionAttributeValues: { ':running': text('RUNNING'), ':epoch': number(3) },
        },
      },
      { Put: { TableName: 'single', Item: { id: text('x') } } },
    ]);
    expect(get('intent')).toMatchObject({ quantity: number(100) });
    expect(get('counter')).toMatchObject({ n: number(1) });
    expect(get('old')).toBeUndefined();
    expect(callOurs(service, 'GetItem', { TableName: 'single', Key: { id: text('x') } }).Item).toEqual({ id: text('x') });
  });

  test('DDB-71 does nothing when one condition fails, and gives a reason for each action in order', () => {
    callOurs(service, 'PutItem', put('control', { state: text('PAUSED') }).Put);
    const running = {
      ConditionExpression: '#s = :running',
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: { ':running': text('RUNNING') },
    };
    const error = refusal(() =>
      write([
        put('intent'),
        { ConditionCheck: { ...key('control'), ...running, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
        { Delete: { ...key('absent'), ConditionExpression: 'attribute_exists(pk)' } },
      ]),
    );
    expect(error.code).toBe('TransactionCanceledException');
    expect(error.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]',
    );
    expect(error.members.CancellationReasons).toEqual([
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { pk: text('p'), sk: text('control'), state: text('PAUSED') },
      },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
    ]);
    expect(get('intent')).toBeUndefined();
  });

  test('DDB-72 is cancelled by an update that does not fit its item', () => {
    callOurs(service, 'PutItem', put('a', { s: text('x') }).Put);
    const error = refusal(() =>
      write([put('b'), { Update: { ...key('a'), UpdateExpression: 'ADD s :one', ExpressionAttributeValues: { ':one': number(1) } } }]),
    );
    expect(error.members.CancellationReasons).toEqual([
      { Code: 'None' },
      { Code: 'ValidationError', Message: 'An operand in the update expression has an incorrect data type' },
    ]);
    expect(get('b')).toBeUndefined();
  });

  test('DDB-73 refuses two actions on one item', () => {
    const error = refusal(() => write([put('a'), { Delete: key('a') }]));
    expect([error.code, error.message]).toEqual([
      'ValidationException',
      'Transaction request cannot include multiple operations on one item',
    ]);
  });

  test('DDB-74 takes up to 100 actions', () => {
    const puts = Array.from({ length: 100 }, (_, index) => put(`n${index}`));
    write(puts);
    expect(get('n99')).toBeDefined();
    expect(refusal(() => write([...puts, put('n100')])).message).toContain('Member must have length less than or equal to 100');
    expect(refusal(() => write([])).message).toContain('Member must have length greater than or equal to 1');
  });

  test('DDB-75 refuses malformed expressions as a whole', () => {
    const error = refusal(() => write([put('a', {}, { ConditionExpression: 'a =' })]));
    expect(error.code).toBe('ValidationException');
    expect(error.message).toMatch(/^Invalid ConditionExpression: Syntax error; /);
  });

  test('DDB-76 is done once under a client request token', () => {
    const add = [{ Update: { ...key('n'), UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': number(1) } } }];
    write(add, { ClientRequestToken: 'token-1' });
    clock.advance(600_000);
    expect(write(add, { ClientRequestToken: 'token-1' })).toEqual({});
    expect(get('n')).toMatchObject({ n: number(1) });
    write(add, { ClientRequestToken: 'token-2' });
    expect(get('n')).toMatchObject({ n: number(2) });
  });

  test('DDB-77 refuses another request under a token already used', () => {
    write([put('a')], { ClientRequestToken: 'token' });
    expect(refusal(() => write([put('b')], { ClientRequestToken: 'token' })).code).toBe('IdempotentParameterMismatchException');
  });

  test('DDB-78 forgets a token after ten minutes, and one whose transaction was cancelled at once', () => {
    const once = [put('a', {}, { ConditionExpression: 'attribute_not_exists(pk)' })];
    callOurs(service, 'PutItem', put('a').Put);
    expect(refusal(() => write(once, { ClientRequestToken: 'token' })).code).toBe('TransactionCanceledException');
    callOurs(service, 'DeleteItem', key('a'));
    write(once, { ClientRequestToken: 'token' });
    clock.advance(600_001);
    expect(refusal(() => write(once, { ClientRequestToken: 'token' })).code).toBe('TransactionCanceledException');
  });

  test('DDB-79 authorises each action as what it does to which key', () => {
    const context = recordingContext();
    const TransactItems = [
      put('a'),
      { Delete: key('b') },
      { ConditionCheck: { ...key('c'), ConditionExpression: 'attribute_not_exists(pk)' } },
    ];
    service.execute('TransactWriteItems', { TransactItems } as never, context);
    expect(context.asked.map(({ action, conditions }) => [action, conditions])).toEqual(
      ['PutItem', 'DeleteItem', 'ConditionCheckItem'].map((action) => [`dynamodb:${action}`, { 'dynamodb:LeadingKeys': ['p'] }]),
    );
    const denied = recordingContext(({ action }) => action === 'dynamodb:ConditionCheckItem');
    callOurs(service, 'DeleteItem', key('a'));
    expect(refusal(() => service.execute('TransactWriteItems', { TransactItems } as never, denied)).code).toBe('AccessDeniedException');
    expect(get('a')).toBeUndefined();
  });
});

describe('TransactGetItems', () => {
  test('DDB-80 reads items in order, absent ones as nothing', () => {
    write([put('a', { x: number(1), y: number(2) })]);
    const TransactItems = [{ Get: { ...key('none') } }, { Get: { ...key('a'), ProjectionExpression: 'y' } }];
    const output = callOurs(service, 'TransactGetItems', { TransactItems, ReturnConsumedCapacity: 'TOTAL' });
    expect(output.Responses).toEqual([{}, { Item: { y: number(2) } }]);
    expect(output.ConsumedCapacity).toEqual([{ TableName: 'cards', CapacityUnits: 4, ReadCapacityUnits: 4 }]);
  });

  test('DDB-81 refuses the same item twice', () => {
    const TransactItems = [{ Get: key('a') }, { Get: key('a') }];
    expect(refusal(() => callOurs(service, 'TransactGetItems', { TransactItems })).message).toBe(
      'Transaction request cannot include multiple operations on one item',
    );
  });
});
