/** Sectors from a CSV with the columns `symbol` and `sector`, among others: GICS lists come in this shape. */
import { ContractViolation } from '../../kernel/errors.ts';

/** Every symbol's sector. @throws ContractViolation naming file and line for a missing column, an empty cell or a symbol given twice with different sectors. */
export function sectorsFromCsv(bytes: Uint8Array, fileName: string): Record<string, string> {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  const header = fieldsOf(lines[0] ?? '').map((name) => name.trim().toLowerCase());
  const symbolColumn = header.indexOf('symbol');
  const sectorColumn = header.indexOf('sector');
  if (symbolColumn < 0 || sectorColumn < 0)
    throw new ContractViolation(`${fileName} needs the columns symbol and sector; it has ${header.join(', ') || 'none'}`);

  const sectors: Record<string, string> = {};
  lines.forEach((line, index) => {
    if (index === 0 || line.trim() === '') return;
    const fields = fieldsOf(line);
    const symbol = fields[symbolColumn]?.trim() ?? '';
    const sector = fields[sectorColumn]?.trim() ?? '';
    if (symbol === '' || sector === '') throw new ContractViolation(`${fileName} line ${index + 1}: symbol or sector is empty`);
    if (sectors[symbol] !== undefined && sectors[symbol] !== sector)
      throw new ContractViolation(`${fileName} line ${index + 1}: ${symbol} is given two sectors, ${sectors[symbol]} and ${sector}`);
    sectors[symbol] = sector;
  });
  return sectors;
}

/** RFC 4180: a field in quotes may hold commas, and two quotes stand for one. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
