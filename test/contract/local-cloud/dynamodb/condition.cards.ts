/** Cards about conditions: what they mean, and what is refused. */
import { expect } from 'vitest';
import { type Card, type CardTools, expectInvalid, number, text } from './cards.ts';

/** An item with one attribute of each kind, to try conditions on. */
const SPECIMEN = {
  sk: text('specimen'),
  s: text('hello world'),
  n: number('10'),
  neg: number('-2.5'),
  b: { B: new Uint8Array([1, 2, 3]) },
  t: { BOOL: true },
  nil: { NULL: true },
  ss: { SS: ['x', 'y'] },
  ns: { NS: ['1', '2'] },
  l: { L: [text('x'), number(5), { M: { k: text('v') } }] },
  m: { M: { a: { M: { b: number(7) } } } },
};

const VALUES = {
  ':ten': number('10.0'),
  ':nine': number(9),
  ':eleven': number(11),
  ':hello': text('hello'),
  ':x': text('x'),
  ':five': number(5),
  ':set': { SS: ['y', 'x'] },
  ':list': { L: [text('x'), number(5), { M: { k: text('v') } }] },
  ':bytes': { B: new Uint8Array([1, 2]) },
  ':typeS': text('S'),
  ':typeM': text('M'),
  ':true': { BOOL: true },
};

async function verdicts({ put, send, pk, fails }: CardTools, conditions: readonly string[]): Promise<string[]> {
  await put(SPECIMEN);
  const given: string[] = [];
  for (const ConditionExpression of conditions) {
    const used = Object.entries(VALUES).filter(([name]) => new RegExp(`${name}\\b`).test(ConditionExpression));
    const request = {
      TableName: 'cards',
      Key: { pk, sk: text('specimen') },
      ConditionExpression,
      ...(used.length > 0 && { ExpressionAttributeValues: Object.fromEntries(used) }),
    };
    const outcome = await fails('UpdateItem', request).then(({ name }) => name);
    given.push(
      `${ConditionExpression} → ${outcome === 'NoError' ? 'holds' : outcome === 'ConditionalCheckFailedException' ? 'fails' : outcome}`,
    );
  }
  await send('DeleteItem', { TableName: 'cards', Key: { pk, sk: text('specimen') } });
  return given;
}

const holding = (conditions: readonly string[]): string[] => conditions.map((condition) => `${condition} → holds`);
const failing = (conditions: readonly string[]): string[] => conditions.map((condition) => `${condition} → fails`);

const TRUE_CONDITIONS = [
  'n = :ten',
  'n <> :nine',
  'n > :nine AND n < :eleven',
  'n >= :ten AND n <= :ten',
  'n BETWEEN :nine AND :eleven',
  'n IN (:five, :ten)',
  'neg < :five',
  's > :hello',
  'begins_with(s, :hello)',
  'begins_with(b, :bytes)',
  'contains(s, :hello)',
  'contains(ss, :x)',
  'contains(ns, :nine) OR contains(l, :x)',
  'contains(l, :five)',
  'attribute_exists(m.a.b)',
  'attribute_exists(l[2].k)',
  'attribute_not_exists(m.a.c)',
  'attribute_not_exists(l[3])',
  'attribute_type(s, :typeS)',
  'attribute_type(m, :typeM)',
  'size(s) = :eleven',
  'size(ss) < :five',
  'size(l) < size(s)',
  'ss = :set',
  't = :true',
  'NOT n = :nine',
  'NOT (n = :nine OR s = :x)',
  'n = :nine OR n = :ten AND t = :true',
  'absent <> :five',
  'NOT absent = :five',
  'n > m.a.b',
  'l[1] = :five',
];

const FALSE_CONDITIONS = [
  'n = :nine',
  'n = :hello',
  'absent = :five',
  'absent < :five',
  's < :five',
  'begins_with(s, :x)',
  'contains(ss, :hello)',
  'contains(s, :five)',
  'attribute_exists(nothing)',
  'attribute_not_exists(pk)',
  'attribute_type(n, :typeS)',
  'NOT (n = :ten AND t = :true)',
];

export const conditionCards: readonly Card[] = [
  {
    id: 'DDB-30',
    title: 'lets writes through whose condition holds',
    run: async (card) => {
      expect(await verdicts(card, TRUE_CONDITIONS)).toEqual(holding(TRUE_CONDITIONS));
    },
  },
  {
    id: 'DDB-31',
    title: 'stops writes whose condition does not hold',
    run: async (card) => {
      expect(await verdicts(card, FALSE_CONDITIONS)).toEqual(failing(FALSE_CONDITIONS));
    },
  },
  {
    id: 'DDB-32',
    title: 'refuses conditions that make no sense, saying why',
    run: async ({ pk, fails }) => {
      const attempt = (ConditionExpression: string, more = {}) =>
        fails('PutItem', { Item: { pk, sk: text('a') }, ConditionExpression, ...more });
      const values = { ExpressionAttributeValues: { ':v': number(1) } };
      const under = 'Invalid ConditionExpression: ';
      expectInvalid(
        await attempt('a = :w'),
        `${under}An expression attribute value used in expression is not defined; attribute value: :w`,
      );
      expectInvalid(
        await attempt('#a = :v', values),
        `${under}An expression attribute name used in the document path is not defined; attribute name: #a`,
      );
      expectInvalid(
        await attempt('attribute_exists(a)', values),
        'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
      );
      expectInvalid(await attempt('total = :v', values), `${under}Attribute name is a reserved keyword; reserved keyword: total`);
      expectInvalid(await attempt('exists(a)'), `${under}Invalid function name; function: exists`);
      expectInvalid(
        await attempt('attribute_exists(a, b)'),
        `${under}Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2`,
      );
      expectInvalid(
        await attempt('attribute_exists(:v)', values),
        `${under}Operator or function requires a document path; operator or function: attribute_exists`,
      );
      expectInvalid(
        await attempt('begins_with(a, :v)', values),
        `${under}Incorrect operand type for operator or function; operator or function: begins_with, operand type: N`,
      );
      expectInvalid(
        await attempt('a = attribute_exists(b)'),
        `${under}The function is not allowed to be used this way in an expression; function: attribute_exists`,
      );
      expectInvalid(await attempt('size(a)'), `${under}The function is not allowed to be used this way in an expression; function: size`);
      expectInvalid(await attempt('((a = :v))', values), `${under}The expression has redundant parentheses;`);
      expectInvalid(
        await attempt('a = a'),
        `${under}The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]`,
      );
      expectInvalid(await attempt(''), `${under}The expression can not be empty;`);
      for (const broken of ['a =', 'a == :v', '(a = :v', 'a = :v AND', 'a.[0] = :v', 'a = :v b', '!a', 'a']) {
        expectInvalid(await attempt(broken, values), /^Invalid ConditionExpression: Syntax error; /);
      }
    },
  },
];
