/**
 * A genome as a strategy of the event engine: the same decisions, now with whole shares, participation, impact, margin and every kind of cost.
 * What the search found is confirmed there before anybody believes it; a test holds the two to each other where both apply.
 *
 * Not covered: a genome that sizes by volatility, since a signal says when and not how much.
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { Panel, Series } from '../panel.ts';
import { SIGNAL, type SignalStrategy } from '../strategy.ts';
import { boundsOf, deciderOf } from './decide-positions.ts';
import { describe } from './describe-genome.ts';
import { depthOf, type Genome, genomeId } from './genome.ts';
import { groundOf } from './ground.ts';

export function genomeStrategy(genome: Genome): SignalStrategy | Refusal<'sizing-is-no-signal'> {
  if (genome.sizing.kind !== 'equal') return refuse('sizing-is-no-signal', { sizing: genome.sizing.kind });
  return {
    kind: 'signal',
    name: `evolved-${genomeId(genome)}`,
    about: describe(genome),
    source: 'found by the genetic search',
    parameters: {},
    signal: (series) => signalsOf(genome, series),
  };
}

/** All flat where the bars cannot be used: the engine refuses those itself. */
function signalsOf(genome: Genome, series: Series): Uint8Array {
  const rows = series.close.length;
  const signals = new Uint8Array(rows).fill(SIGNAL.none);
  // Holding does not depend on how dividends are paid, nor does a series know of splits it was adjusted for.
  const ground = groundOf({ panel: panelOfOne(series), cacheBytesMax: Number.POSITIVE_INFINITY });
  if ('kind' in ground) return signals;
  const depthMax = Math.max(depthOf(genome.entry), genome.exit === null ? 0 : depthOf(genome.exit));
  const { held } = deciderOf(ground, boundsOf(ground, { fromMoment: 0, untilMoment: rows }), depthMax)(genome, 1);
  const wanted = genome.side === 'long' ? SIGNAL.long : SIGNAL.short;
  for (let row = 0; row < rows; row++) {
    const before = row === 0 ? 0 : held[row - 1]!;
    if (held[row] !== before) signals[row] = held[row] === 0 ? SIGNAL.flat : wanted;
  }
  return signals;
}

/** Its own rows are the axis. */
function panelOfOne(series: Series): Panel {
  return {
    frequency: series.endMinute === null ? 'daily' : 'minute',
    basis: 'split-adjusted',
    day: series.day,
    endMinute: series.endMinute,
    series: [series],
    rowOf: Int32Array.from(series.day.keys()),
    earnings: null,
    source: { name: series.symbol, sha256: '' },
  };
}
