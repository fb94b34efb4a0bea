/** Who was in the index when, over a panel. */
import { describe, expect, test } from 'vitest';
import { type MembershipSpell, membershipOver } from '../../../../shared/domain/research/membership.ts';
import { parseDay } from '../../../../shared/kernel/days.ts';
import { panelOf } from '../../../support/research/hand-panel.ts';
import { ticker } from '../fixtures.ts';

const days = ['2022-06-07', '2022-06-08', '2022-06-09', '2022-06-10'];
const panel = panelOf({ META: [null, null, 190, 185], OLD: [10, 11, 12, 13] }, { days });
const spell = (symbol: string, start: string, end: string | null): MembershipSpell => ({
  symbol: ticker(symbol),
  startDay: parseDay(start),
  endDay: end === null ? null : parseDay(end),
});
const over = (...spells: readonly MembershipSpell[]): ReturnType<typeof membershipOver> => membershipOver(panel, spells, { name: 'list' });

describe('membership over a panel', () => {
  test('begins on the first day and has ended on the last one', () => {
    const { mask, listed } = over(spell('OLD', '2022-06-08', '2022-06-10'));
    expect([...mask]).toEqual([0, 0, 0, 0, 0, 1, 1, 0]);
    expect([...listed]).toEqual([0, 1, 1, 0]);
  });

  test('counts a renamed company as a member without prices while it has its old name, and names it', () => {
    const { listed, priced, unmatched } = over(spell('FB', '2013-12-23', '2022-06-09'), spell('META', '2022-06-09', null));
    expect([...listed]).toEqual([1, 1, 1, 1]);
    expect([...priced]).toEqual([0, 0, 1, 1]);
    expect(unmatched).toEqual(['FB']);
  });

  test('has a member without a bar as listed and not as priced', () => {
    const { mask, listed, priced } = over(spell('META', '2022-01-01', null));
    expect([...mask.subarray(0, 4)]).toEqual([1, 1, 1, 1]);
    expect([...listed]).toEqual([1, 1, 1, 1]);
    expect([...priced]).toEqual([0, 0, 1, 1]);
  });

  test('counts a ticker once where its spells overlap or touch', () => {
    const { listed } = over(
      spell('OLD', '2022-06-09', null),
      spell('OLD', '2022-06-01', '2022-06-09'),
      spell('OLD', '2022-06-08', '2022-06-10'),
    );
    expect([...listed]).toEqual([1, 1, 1, 1]);
  });

  test('does not name a ticker that left before the panel begins', () => {
    expect(over(spell('GONE', '1996-01-02', '2008-09-16')).unmatched).toEqual([]);
  });

  test('says nothing after the day until which the list is known', () => {
    const { listed, mask } = membershipOver(panel, [spell('OLD', '2022-01-01', null)], {
      name: 'list',
      knownUntil: parseDay('2022-06-08'),
    });
    expect([...listed]).toEqual([1, 1, 0, 0]);
    expect([...mask.subarray(4)]).toEqual([1, 1, 0, 0]);
  });
});
