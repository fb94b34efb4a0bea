/**
 * A chart as wide as the page over sessions or over bars ahead: lines, filled areas, bands between two lines, and numbered marks. The value axis
 * is linear or logarithmic; a logarithmic one leaves out what is not above zero.
 */
import { scaleLinear, scaleLog } from 'd3-scale';
import { formatDay } from '../../kernel/days.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { chart, type Frame, label, path, rule } from '../page/svg.ts';
import { shownIndices } from './thin-line.ts';

export interface PanelLine {
  readonly name: string;
  readonly classes: string;
  /** NaN where it is not known. */
  readonly values: Float64Array;
  /** Down, or up, to the base. */
  readonly filled?: boolean;
}

export interface PanelBand {
  readonly name: string;
  readonly classes: string;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface LinePanel extends Pick<Frame, 'id' | 'title' | 'description'> {
  /** Sessions by date, or the number of bars ahead. */
  readonly axis: { readonly kind: 'days'; readonly day: Int32Array } | { readonly kind: 'bars'; readonly count: number };
  readonly lines: readonly PanelLine[];
  readonly bands?: readonly PanelBand[];
  readonly marks?: ReadonlyArray<{ readonly index: number; readonly value: number; readonly text: string }>;
  readonly scale: 'linear' | 'log';
  /** Drawn across, and where areas start; null: neither. */
  readonly base: number | null;
  readonly format: (value: number) => string;
  readonly height?: number;
}

export const panelWidth = 1140;
const margin = { left: 76, right: 20, top: 28, bottom: 30 };
const columns = panelWidth - margin.left - margin.right;

export function linePanel(asked: LinePanel): string {
  const { lines, bands = [], marks = [], base, height = 260 } = asked;
  const { x, y, axes, floor } = plotted(asked, height);
  const shapes = [
    ...bands.map(({ low, high, classes }) => path(bandShape(low, high, x, y), `area ${classes}`)),
    ...lines.flatMap(({ values, classes, filled }) => [
      ...(filled && base !== null
        ? [
            path(
              bandShape(
                values.map(() => base),
                values,
                x,
                y,
              ),
              `area ${classes}`,
            ),
          ]
        : []),
      path(lineShape(values, x, y, floor), `line ${classes}`),
    ]),
    ...marks.flatMap(({ index, value, text }) => [
      `<circle cx="${tenth(x(index))}" cy="${tenth(y(value))}" r="8" class="mark"/>`,
      label(x(index), y(value) + 4, text, 'mark-text', 'middle'),
    ]),
  ];
  return chart({ ...asked, width: panelWidth, height }, [...axes, ...shapes, ...legend([...lines, ...bands])]);
}

function plotted({ axis, lines, bands = [], scale, base, format }: LinePanel, height: number) {
  const count = axis.kind === 'days' ? axis.day.length : axis.count;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of [...lines.map((one) => one.values), ...bands.flatMap((band) => [band.low, band.high])])
    for (const value of values)
      if (Number.isFinite(value) && (scale === 'linear' || value > 0)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (base !== null) [low, high] = [Math.min(low, base), Math.max(high, base)];
  if (!(low <= high)) [low, high] = [0.5, 1.5];
  if (low === high) [low, high] = scale === 'log' ? [low / 1.1, high * 1.1] : [low - 1, high + 1];
  const range: [number, number] = [height - margin.bottom, margin.top];
  const value = scale === 'log' ? scaleLog([low, high], range) : scaleLinear([low, high], range).nice(5);
  const across = scaleLinear([0, Math.max(1, count - 1)], [margin.left, panelWidth - margin.right]);
  const ticks = scale === 'log' ? roundSteps(low, high) : value.ticks(5);
  const axes = [
    ...ticks.flatMap((tick) => [
      rule(margin.left, value(tick), panelWidth - margin.right, value(tick), tick === base ? 'base' : 'grid'),
      label(margin.left - 8, value(tick) + 4, format(tick), 'tick', 'end'),
    ]),
    ...acrossTicks(axis, count).map(({ index, text }) => label(across(index), height - 8, text, 'tick', 'middle')),
  ];
  return { x: (index: number): number => across(index), y: (one: number): number => value(one), axes, floor: scale === 'log' ? 0 : null };
}

/** 1, 2 and 5 times powers of ten; where those are fewer than three, whatever a linear axis would show. */
function roundSteps(low: number, high: number): number[] {
  const steps: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const step of [1, 2, 5]) if (step * 10 ** power >= low && step * 10 ** power <= high) steps.push(step * 10 ** power);
  return steps.length >= 3 ? steps : scaleLinear([low, high], [0, 1]).ticks(5);
}

/** Years where there are at least two, else months, else days; of bars ahead round numbers. */
function acrossTicks(axis: LinePanel['axis'], count: number): { index: number; text: string }[] {
  if (axis.kind === 'bars')
    return scaleLinear([0, Math.max(1, count - 1)], [0, 1])
      .ticks(8)
      .filter(Number.isInteger)
      .map((index) => ({ index, text: index.toLocaleString('en-US') }));
  const dates = Array.from(axis.day, (day) => formatDay(day as EpochDay));
  for (const digits of [4, 7]) {
    const starts = dates.flatMap((date, index) =>
      index > 0 && date.slice(0, digits) !== dates[index - 1]!.slice(0, digits) ? [index] : [],
    );
    const every = Math.ceil(starts.length / 14);
    if (starts.length >= 2)
      return starts.filter((_, k) => k % every === 0).map((index) => ({ index, text: dates[index]!.slice(0, digits) }));
  }
  const every = Math.max(1, Math.ceil(dates.length / 8));
  return dates.flatMap((text, index) => (index % every === 0 ? [{ index, text: text.slice(5) }] : []));
}

type Place = (value: number) => number;

function lineShape(values: Float64Array, x: Place, y: Place, floor: number | null): string {
  let [shape, pen] = ['', 'M'];
  for (const index of shownIndices(values, columns)) {
    const value = values[index]!;
    if (!Number.isFinite(value) || (floor !== null && value <= floor)) {
      pen = 'M';
      continue;
    }
    shape += `${pen}${tenth(x(index))},${tenth(y(value))}`;
    pen = 'L';
  }
  return shape;
}

/** Along the upper line and back along the lower one, a piece for each stretch where both are known. */
function bandShape(low: Float64Array, high: Float64Array, x: Place, y: Place): string {
  const shown = [...new Set([...shownIndices(low, columns), ...shownIndices(high, columns)])].sort((a, b) => a - b);
  const pieces: number[][] = [[]];
  for (const index of shown) {
    if (Number.isFinite(low[index]!) && Number.isFinite(high[index]!)) pieces.at(-1)!.push(index);
    else if (pieces.at(-1)!.length > 0) pieces.push([]);
  }
  const along = (indices: readonly number[], values: Float64Array): string =>
    indices.map((index) => `${tenth(x(index))},${tenth(y(values[index]!))}`).join('L');
  return pieces
    .filter((piece) => piece.length > 1)
    .map((piece) => `M${along(piece, high)}L${along(piece.toReversed(), low)}Z`)
    .join('');
}

/** No screen shows more. */
const tenth = (value: number): number => Math.round(value * 10) / 10;

function legend(entries: ReadonlyArray<{ readonly name: string; readonly classes: string }>): string[] {
  if (entries.length < 2) return [];
  let from = margin.left;
  return entries.flatMap((entry) => {
    const isBand = 'low' in entry;
    const swatch = isBand
      ? `<rect x="${from}" y="7" width="16" height="10" class="area ${entry.classes}"/>`
      : rule(from, 12, from + 16, 12, `line ${entry.classes}`);
    const marks = [swatch, label(from + 22, 16, entry.name, 'legend')];
    from += 40 + entry.name.length * 7;
    return marks;
  });
}
