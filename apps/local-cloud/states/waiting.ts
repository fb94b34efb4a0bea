/** Sleeping and racing in the local cloud's time. */
import type { CloudClock } from '../service.ts';

/** Timers hold at most 2^31-1 ms; a longer sleep is taken in pieces. */
const SLEEP_PIECE_MS = 2_000_000_000;

/** Sleeps until `instant`. @throws the signal's reason when it aborts first. */
export async function sleepUntil(clock: CloudClock, instant: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const leftMs = instant - clock.now();
    await clock.sleep(Math.max(0, Math.min(leftMs, SLEEP_PIECE_MS)), signal);
    if (clock.now() >= instant) return;
  }
}

/** The work's result, unless the signal aborts first. What the work does after that is nobody's concern here. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => {});
    throw signal.reason;
  }
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
