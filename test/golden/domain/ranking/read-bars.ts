/** High, low and close of one symbol in one year, straight from the file: nothing of ours reads it. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export function parseBarsCsv(path: string, symbol: string, year: string) {
  const [head, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
  const names = head!.trim().split(',');
  const rows = lines.filter((line) => line.startsWith(`${symbol},${year}-`)).map((line) => line.trim().split(','));
  const column = (name: string): Float64Array => Float64Array.from(rows, (row) => Number(row[names.indexOf(name)]));
  return { high: column('high'), low: column('low'), close: column('close') };
}
