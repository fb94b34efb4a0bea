/** Where one line goes through another. */
import { SIGNAL } from '../../strategy.ts';

/**
 * Long at the bar where `fast` is above `slow` and was below at the bar before; flat where it is below and was above. A bar at which the lines
 * meet exactly, or one of them is NaN, counts as neither side, so a line that touches and turns back, or touches and goes on, says nothing.
 */
export function crossings(fast: Float64Array, slow: Float64Array): Uint8Array {
  const signals = new Uint8Array(fast.length);
  let before = Number.NaN;
  for (let bar = 0; bar < fast.length; bar++) {
    const now = fast[bar]! - slow[bar]!;
    if (now > 0 && before < 0) signals[bar] = SIGNAL.long;
    else if (now < 0 && before > 0) signals[bar] = SIGNAL.flat;
    before = now;
  }
  return signals;
}
