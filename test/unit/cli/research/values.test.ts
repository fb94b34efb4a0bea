import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  basisPoints,
  blockLength,
  cashUsd,
  marginAccount,
  parameterValues,
  sizing,
  symbolList,
  webAddress,
} from '../../../../apps/cli/research/values.ts';

describe('parameters', () => {
  test('are name=number, with commas', () => {
    expect(parameterValues('fast=10,slow=30')).toEqual({ fast: 10, slow: 30 });
    expect(parameterValues('gross=.99, skip=0 , level=-1.5e-2')).toEqual({ gross: 0.99, skip: 0, level: -0.015 });
  });

  test.each(['', 'fast', 'fast=', '=10', 'fast=ten', 'fast=10,', 'fast=1=2', 'fast=0x10', 'fast=Infinity', '__proto__ =1', '1x=2'])(
    '%j is refused',
    (text) => expect(() => parameterValues(text)).toThrow(InvalidArgumentError),
  );

  test('one that is given twice is refused, since one of the two would be ignored', () => {
    expect(() => parameterValues('fast=10,fast=12')).toThrow('"fast" is given twice.');
  });
});

describe('a size', () => {
  test('is a number of shares, all cash, or a part of equity', () => {
    expect(['shares:100', 'all-cash', 'all-cash-whole', 'weight:0.1'].map(sizing)).toEqual([
      { kind: 'shares', shares: 100 },
      { kind: 'all-cash', whole: false },
      { kind: 'all-cash', whole: true },
      { kind: 'weight', frac: 0.1 },
    ]);
  });

  test.each(['', 'shares', 'shares:0', 'shares:-1', 'shares:many', 'all', 'weight:0', 'weight:11', 'lots:5'])('%j is refused', (text) =>
    expect(() => sizing(text)).toThrow(InvalidArgumentError),
  );
});

describe('other values', () => {
  test('a margin account has an initial and a smaller or equal maintenance fraction', () => {
    expect(marginAccount('0.5,0.25')).toEqual({ kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.25 });
    for (const text of ['0.5', '0.25,0.5', '0.5,0', '1.5,0.5', '0.5,0.25,0.1', 'a,b', ''])
      expect(() => marginAccount(text), text).toThrow(InvalidArgumentError);
  });

  test('symbols are text, each once', () => {
    expect(symbolList('TRUE,NA, ON,TRUE')).toEqual(['TRUE', 'NA', 'ON']);
    expect(() => symbolList('A,,B')).toThrow(InvalidArgumentError);
  });

  test('a block is auto, or a whole number of bars', () => {
    expect([blockLength('auto'), blockLength('20')]).toEqual(['auto', 20]);
    for (const text of ['0', '2.5', 'automatic', '-3']) expect(() => blockLength(text), text).toThrow(InvalidArgumentError);
  });

  test('an address is that of a web server', () => {
    expect(webAddress('http://127.0.0.1:5000')).toBe('http://127.0.0.1:5000');
    for (const text of ['localhost:5000', 'file:///tmp/x', 'five']) expect(() => webAddress(text), text).toThrow(InvalidArgumentError);
  });

  test('numbers say within which bounds they must be', () => {
    expect([basisPoints('10'), basisPoints('0.5'), cashUsd('1000000')]).toEqual([10, 0.5, 1_000_000]);
    expect(() => basisPoints('-1')).toThrow('It must be a number from 0 to 10000, e.g. 10.');
    expect(() => cashUsd('0')).toThrow(InvalidArgumentError);
  });
});
