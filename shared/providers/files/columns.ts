/**
 * Which column names of a market-data file mean what. The table is explicit: a name that is not in it is refused, with
 * its nearest known neighbour, because a column read under a guessed meaning is worse than a file not read at all.
 */
import { editDistance } from '../../kernel/edit-distance.ts';
import { ContractViolation } from '../../kernel/errors.ts';

/** What a column holds for us. `ignored` is known, and not needed. */
export type ColumnRole = 'symbol' | 'date' | PriceRole | 'volume' | 'dividend' | 'splitRatio' | 'ignored';
export type PriceRole = 'open' | 'high' | 'low' | 'close';

/** `as-traded` prices are divided by later splits on reading; `split-adjusted` ones are taken as they are. */
export type PriceBasis = 'split-adjusted' | 'as-traded';

export interface ColumnMap {
  /** The role of each column, in file order. */
  readonly roles: readonly ColumnRole[];
  readonly priceBasis: PriceBasis;
}

/** Accepted names, lower case with single underscores; files may write them in any case, with spaces or hyphens. */
export const acceptedNames: Readonly<Record<ColumnRole, readonly string[]>> = {
  symbol: ['symbol', 'ticker'],
  date: ['date', 'day', 'session', 'timestamp'],
  open: ['open'],
  high: ['high'],
  low: ['low'],
  close: ['close'],
  volume: ['volume'],
  dividend: ['dividend', 'dividends', 'dividend_cash'],
  splitRatio: ['split_ratio', 'stock_splits'],
  ignored: ['adj_close', 'source'],
};

/** Vendors that quote the cash amount paid on the day (`dividend_cash`) quote prices as traded that day, too. */
const asTradedMark = 'dividend_cash';

const required: readonly ColumnRole[] = ['symbol', 'date', 'open', 'high', 'low', 'close', 'volume'];

/**
 * `absent`: a role that the file need not have.
 * @throws ContractViolation for an unknown name, a role given twice, or a required column that is missing.
 */
export function mapColumns(names: readonly string[], fileName: string, absent?: ColumnRole): ColumnMap {
  const roles = names.map((name) => roleOf(name, fileName));
  for (const role of required) {
    if (roles.includes(role) || role === absent) continue;
    throw new ContractViolation(`${fileName}: column ${acceptedNames[role].join(' or ')} is missing; the file has ${names.join(', ')}`, {
      file: fileName,
      column: role,
    });
  }
  roles.forEach((role, index) => {
    const first = roles.indexOf(role);
    if (role === 'ignored' || first === index) return;
    throw new ContractViolation(`${fileName}: columns "${names[first]}" and "${names[index]}" both hold the ${role}; keep one`, {
      file: fileName,
      column: names[index],
    });
  });
  return { roles, priceBasis: names.some((name) => normalised(name) === asTradedMark) ? 'as-traded' : 'split-adjusted' };
}

const roleOf = (name: string, fileName: string): ColumnRole => roleAmong(acceptedNames, name, fileName);

/** What a column of that name holds. @throws ContractViolation for a name that is not in the table, with its nearest neighbour. */
export function roleAmong<Role extends string>(names: Readonly<Record<Role, readonly string[]>>, name: string, fileName: string): Role {
  const wanted = normalised(name);
  const roles = Object.keys(names) as Role[];
  const role = roles.find((one) => names[one].includes(wanted));
  if (role !== undefined) return role;
  const known = roles.flatMap((one) => names[one]);
  const nearest = known.reduce((best, candidate) => (editDistance(wanted, candidate) < editDistance(wanted, best) ? candidate : best));
  // A name that shares hardly a letter with any known one is no slip of the pen.
  const hint = editDistance(wanted, nearest) <= Math.max(2, wanted.length / 2) ? ` did you mean "${nearest}"?` : '';
  throw new ContractViolation(`${fileName}: unknown column "${name}";${hint} Known columns: ${known.join(', ')}`, {
    file: fileName,
    column: name,
    nearest,
    known,
  });
}

const normalised = (name: string): string => name.trim().toLowerCase().replaceAll(/[ -]+/g, '_');
