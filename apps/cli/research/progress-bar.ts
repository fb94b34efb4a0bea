/**
 * One line on a person's terminal that is drawn over and over: how much is done, how fast, how long it will still take. Where nobody watches
 * (a pipe, a log) it says nothing at all. The rate is that of the whole run so far, so that one slow piece does not make the estimate jump.
 */
import type { Io } from '../io.ts';

export interface Progress {
  /** How much is done by now, of the whole. */
  update(done: number): void;
  /** Takes the line away. */
  end(): void;
}

const cells = 24;
/** A terminal is not faster to read than this. */
const redrawMs = 100;

/** `alreadyDone` of the whole was there before: it is shown, and not counted into the rate. */
export function progressBar(
  { redraw }: Pick<Io, 'redraw'>,
  {
    title,
    unit,
    total,
    alreadyDone = 0,
  }: { readonly title: string; readonly unit: string; readonly total: number; readonly alreadyDone?: number },
  nowMs: () => number = () => performance.now(),
): Progress {
  if (redraw === undefined || total <= 0) return { update: () => {}, end: () => {} };
  const startedMs = nowMs();
  let drawnMs = Number.NEGATIVE_INFINITY;
  return {
    update: (done) => {
      const atMs = nowMs();
      if (atMs - drawnMs < redrawMs && done < total) return;
      drawnMs = atMs;
      redraw(progressLine({ title, unit, total, done, perSecond: ((done - alreadyDone) * 1000) / Math.max(1, atMs - startedMs) }));
    },
    end: () => redraw(''),
  };
}

interface Standing {
  readonly title: string;
  readonly unit: string;
  readonly total: number;
  readonly done: number;
  readonly perSecond: number;
}

export function progressLine({ title, unit, total, done, perSecond }: Standing): string {
  const frac = Math.min(1, done / total);
  const filled = Math.floor(frac * cells);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(cells - filled)}`;
  const remaining = perSecond > 0 ? `${duration((total - done) / perSecond)} left` : 'time left unknown';
  const rate = perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toPrecision(2);
  return `${title} ${bar} ${String(Math.floor(frac * 100)).padStart(3)} %  ${done.toLocaleString('en-US')}/${total.toLocaleString('en-US')} ${unit}  ${Number(rate).toLocaleString('en-US')}/s  ${remaining}`;
}

/** 0:07, 12:30, 1:02:05. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(rest).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}
