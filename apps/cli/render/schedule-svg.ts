/** A schedule as a picture: shares in each slice as bars, what is done by then as a line, the market's expected volume behind them. */
import { formatDay } from '../../../shared/kernel/days.ts';
import { count } from './explain/layout.ts';
import { clockTime, type ShownPlan } from './vwap.ts';

const size = { width: 960, height: 420 };
const plot = { left: 76, right: 884, top: 64, bottom: 352 };
const ink = { bar: '#3b6ea5', line: '#c2571a', market: '#d9e2ec', axis: '#829ab1', text: '#243b53' };

export function scheduleSvg({ symbol, side, plan, startsAt, endsAt }: ShownPlan): string {
  const { schedule, profile } = plan;
  const span = endsAt - startsAt;
  const x = (at: number): number => plot.left + ((at - startsAt) / span) * (plot.right - plot.left);
  const y = (frac: number): number => plot.bottom - frac * (plot.bottom - plot.top);
  const perMinute = schedule.slices.map((slice) => ({
    ...slice,
    rate: slice.quantity / ((slice.endsAt - slice.startsAt) / 60_000),
    marketRate: (slice.expectedVolume ?? 0) / ((slice.endsAt - slice.startsAt) / 60_000),
  }));
  const most = Math.max(...perMinute.map(({ rate }) => rate), Number.MIN_VALUE);
  const mostMarket = Math.max(...perMinute.map(({ marketRate }) => marketRate), Number.MIN_VALUE);
  const market = perMinute.map((slice) => box(x(slice.startsAt), x(slice.endsAt), y(slice.marketRate / mostMarket), ink.market, 0));
  const bars = perMinute.map((slice) => box(x(slice.startsAt), x(slice.endsAt), y(slice.rate / most), ink.bar, 3));
  const done = [
    `${point(x(startsAt))},${point(y(0))}`,
    ...schedule.slices.map((slice) => `${point(x(slice.endsAt))},${point(y(slice.cumulativeQuantity / schedule.quantity))}`),
  ];
  const title = `${side === 'BUY' ? 'Buy' : 'Sell'} ${count(schedule.quantity)} ${symbol}, ${schedule.kind.toUpperCase()}, ${formatDay(schedule.day)}`;
  const basis = `volume of ${profile.days.length} earlier ${profile.days.length === 1 ? 'session' : 'sessions'}${profile.basis === 'compressed' ? ', compressed to a half day' : ''}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="13" fill="${ink.text}">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${plot.left}" y="28" font-size="18" font-weight="bold">${escaped(title)}</text>
<text x="${plot.left}" y="48" fill="${ink.axis}">${escaped(basis)}</text>
${market.join('\n')}
${bars.join('\n')}
<polyline points="${done.join(' ')}" fill="none" stroke="${ink.line}" stroke-width="2.5"/>
${[0, 0.25, 0.5, 0.75, 1].map((frac) => levels(frac, y(frac), most)).join('\n')}
${hours(startsAt, endsAt, x)}
<line x1="${plot.left}" y1="${plot.bottom}" x2="${plot.right}" y2="${plot.bottom}" stroke="${ink.axis}"/>
${legend()}
</svg>
`;
}

const point = (value: number): string => value.toFixed(1);

const box = (from: number, to: number, top: number, fill: string, gap: number): string =>
  `<rect x="${point(from + gap)}" y="${point(top)}" width="${point(Math.max(0.5, to - from - 2 * gap))}" height="${point(plot.bottom - top)}" fill="${fill}"/>`;

const levels = (frac: number, y: number, most: number): string =>
  `<text x="${plot.left - 8}" y="${point(y + 4)}" text-anchor="end" fill="${ink.bar}">${count(frac * most)}</text>` +
  `<text x="${plot.right + 8}" y="${point(y + 4)}" fill="${ink.line}">${count(frac * 100)} %</text>`;

/** The ends of the window, and every whole hour that is not too near them. */
function hours(startsAt: number, endsAt: number, x: (at: number) => number): string {
  const hourMs = 3_600_000;
  const whole: number[] = [];
  for (let at = Math.ceil(startsAt / hourMs) * hourMs; at < endsAt; at += hourMs) whole.push(at);
  const apart = (at: number): boolean => Math.min(x(at) - x(startsAt), x(endsAt) - x(at)) > 40;
  return [startsAt, ...whole.filter(apart), endsAt]
    .map((at) => `<text x="${point(x(at))}" y="${plot.bottom + 20}" text-anchor="middle">${clockTime(at as ShownPlan['startsAt'])}</text>`)
    .join('\n');
}

function legend(): string {
  const entries: ReadonlyArray<readonly [string, string]> = [
    [ink.bar, 'shares a minute (left)'],
    [ink.line, 'done (right)'],
    [ink.market, 'market’s expected volume a minute, to its own scale'],
  ];
  return entries
    .map(([fill, text], at) => {
      const from = plot.left + [0, 190, 310][at]!;
      return `<rect x="${from}" y="${plot.bottom + 38}" width="14" height="10" fill="${fill}"/><text x="${from + 20}" y="${plot.bottom + 48}">${text}</text>`;
    })
    .join('\n');
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
