/** Cards about update expressions: what they change, what they return, and what is refused. */
import { expect } from 'vitest';
import { type Card, expectInvalid, number, text } from './cards.ts';
import { plain } from './support.ts';

export const updateCards: readonly Card[] = [
  {
    id: 'DDB-33',
    title: 'sets, computes, appends and removes in one update',
    run: async ({ put, update, get, pk }) => {
      await put({ sk: text('a'), n: number(5), l: { L: [text('x')] }, gone: text('soon'), m: { M: { k: number(1) } } });
      await update('a', {
        UpdateExpression:
          'SET n = n + :one, low = n - :half, l = list_append(l, :more), m.k = if_not_exists(m.z, :one), initial = if_not_exists(initial, :half), was = n REMOVE gone',
        ExpressionAttributeValues: { ':one': number(1), ':half': number('0.5'), ':more': { L: [text('y')] } },
      });
      expect(await get('a')).toEqual({
        pk,
        sk: text('a'),
        n: number(6),
        low: number('4.5'),
        l: { L: [text('x'), text('y')] },
        m: { M: { k: number(1) } },
        initial: number('0.5'),
        was: number(5),
      });
    },
  },
  {
    id: 'DDB-34',
    title: 'creates the item when there is none, with its key',
    run: async ({ update, get, pk }) => {
      await update('new', { UpdateExpression: 'SET x = :x', ExpressionAttributeValues: { ':x': number(1) } });
      expect(await get('new')).toEqual({ pk, sk: text('new'), x: number(1) });
      await update('bare', {});
      expect(await get('bare')).toEqual({ pk, sk: text('bare') });
    },
  },
  {
    id: 'DDB-35',
    title: 'adds to numbers and sets, and deletes from sets until they are gone',
    run: async ({ update, get, pk }) => {
      const step = (UpdateExpression: string, values: object) => update('a', { UpdateExpression, ExpressionAttributeValues: values });
      await step('ADD n :n, s :s', { ':n': number('0.1'), ':s': { SS: ['a', 'b'] } });
      await step('ADD n :n, s :s', { ':n': number('0.2'), ':s': { SS: ['b', 'c'] } });
      expect(await get('a')).toEqual({ pk, sk: text('a'), n: number('0.3'), s: { SS: ['a', 'b', 'c'] } });
      await step('DELETE s :s', { ':s': { SS: ['a', 'z'] } });
      expect(await get('a')).toEqual({ pk, sk: text('a'), n: number('0.3'), s: { SS: ['b', 'c'] } });
      await step('DELETE s :s', { ':s': { SS: ['b', 'c'] } });
      expect(await get('a')).toEqual({ pk, sk: text('a'), n: number('0.3') });
    },
  },
  {
    id: 'DDB-36',
    title: 'computes with 38 digits exactly',
    run: async ({ put, update, get }) => {
      await put({ sk: text('n'), n: number('12345678901234567890123456789012345678'), f: number('0.1') });
      await update('n', {
        UpdateExpression: 'SET n = n - :n, f = f + :f, big = :n + :one',
        ExpressionAttributeValues: { ':n': number('12345678901234567890123456789012345677'), ':f': number('0.2'), ':one': number(1) },
      });
      const item = (await get('n')) as Record<string, { N: string }>;
      expect([item.n?.N, item.f?.N, item.big?.N]).toEqual(['1', '0.3', '12345678901234567890123456789012345678']);
    },
  },
  {
    id: 'DDB-37',
    title: 'changes lists by index, and appends what lies beyond their end',
    run: async ({ put, update, get, pk }) => {
      await put({ sk: text('l'), l: { L: ['a', 'b', 'c'].map(text) } });
      await update('l', { UpdateExpression: 'SET l[1] = :x, l[9] = :y', ExpressionAttributeValues: { ':x': text('B'), ':y': text('Z') } });
      expect(await get('l')).toEqual({ pk, sk: text('l'), l: { L: ['a', 'B', 'c', 'Z'].map(text) } });
      await update('l', { UpdateExpression: 'REMOVE l[0]' });
      expect(await get('l')).toEqual({ pk, sk: text('l'), l: { L: ['B', 'c', 'Z'].map(text) } });
    },
  },
  {
    id: 'DDB-38',
    title: 'returns what an update changed, in five ways',
    run: async ({ put, update, pk }) => {
      const returned = async (ReturnValues: string) => {
        await put({ sk: text('a'), n: number(1), m: { M: { k: number(5), other: number(2) } }, same: text('s') });
        const request = {
          UpdateExpression: 'SET n = n + :one, m.k = :one REMOVE absent',
          ExpressionAttributeValues: { ':one': number(1) },
          ReturnValues,
        };
        return plain((await update('a', request)).Attributes);
      };
      const whole = (n: number, k: number) => ({
        pk,
        sk: text('a'),
        n: number(n),
        m: { M: { k: number(k), other: number(2) } },
        same: text('s'),
      });
      expect(await returned('NONE')).toBeUndefined();
      expect(await returned('ALL_OLD')).toEqual(whole(1, 5));
      expect(await returned('ALL_NEW')).toEqual(whole(2, 1));
      expect(await returned('UPDATED_OLD')).toEqual({ n: number(1), m: { M: { k: number(5) } } });
      expect(await returned('UPDATED_NEW')).toEqual({ n: number(2), m: { M: { k: number(1) } } });
    },
  },
  {
    id: 'DDB-39',
    title: 'refuses updates that make no sense, saying why',
    run: async ({ pk, fails }) => {
      const attempt = (UpdateExpression: string, ExpressionAttributeValues?: object, ExpressionAttributeNames?: object) =>
        fails('UpdateItem', { Key: { pk, sk: text('a') }, UpdateExpression, ExpressionAttributeValues, ExpressionAttributeNames });
      const one = { ':v': number(1) };
      const under = 'Invalid UpdateExpression: ';
      expectInvalid(
        await attempt('SET pk = :v', { ':v': text('x') }),
        'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
      );
      expectInvalid(
        await attempt('SET #r = :v', { ':v': text('x') }, { '#r': 'rank' }),
        /^One or more parameter values were invalid: Type mismatch for Index Key rank Expected: N Actual: S IndexName: /,
      );
      expectInvalid(
        await attempt('SET a = :v, a.b = :v', one),
        `${under}Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]`,
      );
      expectInvalid(
        await attempt('SET a = :v SET b = :v', one),
        `${under}The "SET" section can only be used once in an update expression;`,
      );
      expectInvalid(
        await attempt('ADD a :v', { ':v': text('x') }),
        `${under}Incorrect operand type for operator or function; operator: ADD, operand type: STRING`,
      );
      expectInvalid(
        await attempt('DELETE a :v', one),
        `${under}Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER`,
      );
      expectInvalid(
        await attempt('SET a = b + :v', { ':v': text('x') }),
        `${under}Incorrect operand type for operator or function; operator or function: +, operand type: S`,
      );
      expectInvalid(
        await attempt('SET a = list_append(b, :v)', one),
        `${under}Incorrect operand type for operator or function; operator or function: list_append, operand type: N`,
      );
      expectInvalid(await attempt('SET a = size(b)'), `${under}Invalid function name; function: size`);
      expectInvalid(
        await attempt('SET a = absent + :v', one),
        'The provided expression refers to an attribute that does not exist in the item',
      );
      expectInvalid(await attempt('SET a.b = :v', one), 'The document path provided in the update expression is invalid for update');
      for (const broken of ['SET', 'SET a', 'a = :v', 'SET a = :v,', 'REMOVE', 'ADD a b', 'SET a = :v + :v + :v']) {
        expectInvalid(await attempt(broken, one), /^Invalid UpdateExpression: Syntax error; /);
      }
    },
  },
  {
    id: 'DDB-40',
    title: 'refuses operands that turn out to be of the wrong type, and leaves the item alone',
    run: async ({ put, update, get, pk }) => {
      await put({ sk: text('a'), s: text('x'), ss: { SS: ['x'] } });
      const message = 'An operand in the update expression has an incorrect data type';
      const one = { ':v': number(1) };
      await expect(update('a', { UpdateExpression: 'SET n = s + :v', ExpressionAttributeValues: one })).rejects.toThrow(message);
      await expect(update('a', { UpdateExpression: 'ADD s :v', ExpressionAttributeValues: one })).rejects.toThrow(message);
      await expect(update('a', { UpdateExpression: 'DELETE ss :v', ExpressionAttributeValues: { ':v': { NS: ['1'] } } })).rejects.toThrow(
        message,
      );
      expect(await get('a')).toEqual({ pk, sk: text('a'), s: text('x'), ss: { SS: ['x'] } });
    },
  },
  {
    id: 'DDB-41',
    title: 'updates under a condition: a counter that only one of two writers may raise',
    run: async ({ put, update, pk, fails, get }) => {
      await put({ sk: text('c'), epoch: number(7) });
      const raise = {
        UpdateExpression: 'SET epoch = epoch + :one',
        ConditionExpression: 'epoch = :seen',
        ExpressionAttributeValues: { ':one': number(1), ':seen': number(7) },
      };
      await update('c', raise);
      expect((await fails('UpdateItem', { Key: { pk, sk: text('c') }, ...raise })).name).toBe('ConditionalCheckFailedException');
      expect(await get('c')).toEqual({ pk, sk: text('c'), epoch: number(8) });
    },
  },
];
