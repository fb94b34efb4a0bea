/** Golden texts: the examples that RFC 8785 prints (sections 3.2.2 to 3.2.4, appendix B), and FIPS 180-4's SHA-256 of "abc". */
import { describe, expect, test } from 'vitest';
import { canonicalJson, contentHash, sha256Hex } from '../../../shared/kernel/canonical-json.ts';
import { ContractViolation } from '../../../shared/kernel/errors.ts';

const fromBits = (hex: string): number => Buffer.from(hex, 'hex').readDoubleBE();

describe('canonical JSON', () => {
  test('section 3.2.2: gives the bytes of the sample object', () => {
    const sample = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    const bytes = [
      '7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72 75 65 2c 66 61 6c 73 65 5d 2c 22 6e',
      '75 6d 62 65 72 73 22 3a 5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31 65 2b 33 30',
      '2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37 5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24',
      '5c 75 30 30 30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d',
    ];
    expect(Buffer.from(canonicalJson(JSON.parse(sample))).toString('hex')).toBe(bytes.join('').replaceAll(' ', ''));
  });

  test('section 3.2.3: sorts keys by UTF-16 code units', () => {
    const unsorted = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const sorted = [...canonicalJson(unsorted).matchAll(/:"([^"]+)"/g)].map((match) => match[1]);
    expect(sorted).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('appendix B: prints the double %s as %s', (bits, text) => {
    expect(canonicalJson(fromBits(bits))).toBe(text);
  });

  test.each([
    ['not a number', fromBits('7fffffffffffffff')],
    ['infinity', fromBits('7ff0000000000000')],
    ['half a surrogate pair', 'ok \ud83d'],
    ['half a surrogate pair in a key', { '\ude00': 1 }],
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
    ['a date', { at: new Date(0) }],
    ['a map', new Map([['a', 1]])],
    ['a set', [new Set([1])]],
    ['a typed array', new Float64Array(2)],
    ['a class instance', new (class Point {})()],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(ContractViolation);
  });

  test('leaves undefined members out and writes undefined items as null, as JSON.stringify does', () => {
    const value = { b: undefined, a: [1, undefined, { c: undefined }] };
    expect(canonicalJson(value)).toBe('{"a":[1,null,{}]}');
    expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
  });

  test('takes an object without a prototype as plain data', () => {
    expect(canonicalJson(Object.assign(Object.create(null) as object, { a: 1 }))).toBe('{"a":1}');
  });

  test('hashes the text, so that the order of keys does not matter and every value does', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(contentHash({ a: 1, b: [2] })).toBe(contentHash({ b: [2], a: 1 }));
    expect(contentHash({ a: 1, b: [2] })).toBe(sha256Hex('{"a":1,"b":[2]}'));
    expect(contentHash({ a: 1, b: [3] })).not.toBe(contentHash({ a: 1, b: [2] }));
  });
});
