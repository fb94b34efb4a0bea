import type { ReturnPanel } from '../../../../shared/domain/risk/return-panel.ts';
import { ticker } from '../fixtures.ts';

/** A panel of these columns, named by `names` or else A, B, C …; its days do not matter. */
export const panelFrom = (columns: ReadonlyArray<readonly number[] | Float64Array>, names?: readonly string[]): ReturnPanel => ({
  kind: 'panel',
  days: new Int32Array(columns[0]?.length ?? 0),
  symbols: columns.map((_, i) => ticker(names?.[i] ?? String.fromCharCode(65 + i))),
  returns: columns.map((column) => Float64Array.from(column)),
});
