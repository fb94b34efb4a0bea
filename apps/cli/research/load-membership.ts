/** Who was in an index when, from a CSV of spells: `ticker,start_date,end_date`, the end empty where it is still in. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type MembershipSpell, membershipOver, type PanelMembership } from '../../../shared/domain/research/membership.ts';
import type { Panel } from '../../../shared/domain/research/panel.ts';
import { type FactsLayout, factsRows } from '../../../shared/providers/files/facts-csv.ts';
import { BadInput } from '../outcome.ts';

const layout: FactsLayout<'symbol' | 'start' | 'end'> = {
  columns: {
    symbol: ['ticker', 'symbol'],
    start: ['start_date', 'start', 'from'],
    end: ['end_date', 'end', 'to'],
    ignored: ['name', 'reason', 'source'],
  },
  required: ['symbol', 'start', 'end'],
};

export interface LoadedMembership {
  readonly membership: PanelMembership;
  /** What a reader of the result must know; one line each. */
  readonly notes: readonly string[];
}

/** @throws BadInput or ContractViolation naming file, line and column of what cannot be read. */
export function loadMembership(given: string, panel: Panel, cwd: string): LoadedMembership {
  const path = resolve(cwd, given);
  if (!existsSync(path) || !statSync(path).isFile()) throw new BadInput(`--universe: there is no file ${path}. Check the path.`);
  const fileName = basename(path);
  const membership = membershipOver(panel, spellsFromCsv(readFileSync(path), fileName), { name: fileName });
  return { membership, notes: notesOf(membership) };
}

/** In file order. */
export function spellsFromCsv(bytes: Uint8Array, fileName: string): MembershipSpell[] {
  return factsRows(bytes, fileName, layout).map((row) => {
    const startDay = row.day('start');
    const endDay = row.text('end') === '' ? null : row.day('end');
    if (endDay !== null && endDay < startDay) throw row.malformed('end', 'a day on or after the start is needed, or nothing');
    return { symbol: row.ticker('symbol'), startDay, endDay };
  });
}

const namesShown = 8;

function notesOf({ unmatched, listed, name }: PanelMembership): string[] {
  const silent = listed.filter((count) => count === 0).length;
  const shown = `${unmatched.slice(0, namesShown).join(', ')}${unmatched.length > namesShown ? ' …' : ''}`;
  return [
    ...(unmatched.length > 0
      ? [
          `${unmatched.length} tickers of ${name} have no bars in the data, renamed companies among them: ${shown}. They are not matched by guess.`,
        ]
      : []),
    ...(silent > 0 ? [`${name} names no member on ${silent} of ${listed.length} moments.`] : []),
  ];
}
