/**
 * What every chart of the report is built with. A chart is one inline `<svg>` with a title and a description for whoever cannot see it; its
 * colours are the page's classes, so that print can change them.
 */
export interface Frame {
  readonly id: string;
  readonly title: string;
  /** In a sentence: what the picture shows, with its figures. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
}

export const chartWidth = 560;

export const chart = ({ id, title, description, width, height }: Frame, body: readonly string[]): string =>
  `<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">` +
  `<title id="${id}-title">${escaped(title)}</title><desc id="${id}-desc">${escaped(description)}</desc>${body.join('')}</svg>`;

export const label = (x: number, y: number, text: string, classes = 'tick', anchor: 'start' | 'middle' | 'end' = 'start'): string =>
  `<text x="${place(x)}" y="${place(y)}" class="${classes}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${escaped(text)}</text>`;

export const rule = (x1: number, y1: number, x2: number, y2: number, classes: string): string =>
  `<line x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}" class="${classes}"/>`;

/** From one edge to the other, in whichever order; never thinner than can be seen. */
export function box(x1: number, y1: number, x2: number, y2: number, classes: string): string {
  const [width, height] = [Math.max(0.8, Math.abs(x2 - x1)), Math.max(0.8, Math.abs(y2 - y1))];
  return `<rect x="${place(Math.min(x1, x2))}" y="${place(Math.min(y1, y2))}" width="${place(width)}" height="${place(height)}" class="${classes}"/>`;
}

export const path = (shape: string | null, classes: string): string => (shape === null ? '' : `<path d="${shape}" class="${classes}"/>`);

/** Text and attribute values alike: a symbol is somebody else's text. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');

const place = (value: number): string => String(Math.round(value * 10) / 10);
