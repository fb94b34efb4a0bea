import { describe, expect, test } from 'vitest';
import { parseDay } from '../../../shared/kernel/days.ts';
import { readFactorReturns } from '../../../shared/providers/files/factor-returns.ts';

const header = 'date,mkt_rf,smb,hml,rmw,cma,rf';
const read = (...lines: string[]) =>
  readFactorReturns(
    Buffer.from([header, ...lines].join('\n')),
    'factors.csv',
    Int32Array.of(parseDay('2020-01-02'), parseDay('2020-01-03'), parseDay('2020-01-06')),
  );

describe('a file of daily factor returns', () => {
  test('gives percent as parts of one on the days that are asked for, and NaN on a day it has not', () => {
    const { factors, riskFree } = read(
      '2020-01-06,-1.5,0.25,0,1,2,0.006',
      '2019-12-31,9,9,9,9,9,9',
      '2020-01-02,0.86,-0.97,-0.34,0.24,-0.22,0.006',
    );
    expect(factors.map(({ name }) => name)).toEqual(['mkt_rf', 'smb', 'hml', 'rmw', 'cma']);
    expect([...factors[0]!.returns]).toEqual([0.0086, Number.NaN, -0.015]);
    expect([...riskFree]).toEqual([0.00006, Number.NaN, 0.00006]);
  });

  test.each([
    ['a number that is missing', '2020-01-02,,0,0,0,0,0', 'line 2, column mkt_rf'],
    ['a number that is none', '2020-01-02,0,0,0,0,0,NaN', 'line 2, column rf'],
    ['a day that is none', '2020-02-30,0,0,0,0,0,0', 'line 2, column date'],
  ])('is refused with its line and column for %s', (_, line, place) => {
    expect(() => read(line)).toThrow(place);
  });

  test('is refused where a day stands in it twice', () => {
    expect(() => read('2020-01-02,0,0,0,0,0,0', '2020-01-02,1,1,1,1,1,1')).toThrow('line 3: a day stands in it once');
  });
});
