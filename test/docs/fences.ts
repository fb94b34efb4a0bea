/**
 * The fenced blocks of a page, with what the HTML comment before a fence says about it:
 * `not run: reason`, `exits: N` for another exit code than 0, `with: ballast local` for a fence that needs the server.
 */
export interface Fence {
  readonly page: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  readonly notRun?: string;
  readonly exits: number;
  readonly withServer: boolean;
  /** The `text` fence that follows at once: what it prints, with `…` for what is left out. */
  readonly shows?: string;
}

const fencePattern = /(?:<!-- (?<mark>[^\n]*?) -->\n\n)?^```(?<language>\w*)\n(?<code>[\s\S]*?)^```$/gm;

export function fencesOf(page: string, markdown: string): Fence[] {
  const found = [...markdown.matchAll(fencePattern)].map((match) => {
    const { mark = '', language = '', code = '' } = match.groups!;
    const notRun = /^not run: (.+)$/.exec(mark)?.[1];
    return {
      page,
      line: markdown.slice(0, match.index + match[0].indexOf('```')).split('\n').length + 1,
      language,
      code,
      exits: Number(/^exits: (\d+)$/.exec(mark)?.[1] ?? 0),
      withServer: mark === 'with: ballast local',
      ...(notRun === undefined ? {} : { notRun }),
    };
  });
  return found.map((fence, index) => {
    const next = found[index + 1];
    return next?.language === 'text' ? { ...fence, shows: next.code } : fence;
  });
}

/** The lines of `shown` that `printed` does not hold, in order; numbers and hashes may differ, and a line may end in `…`. */
export function linesNotPrinted(shown: string, printed: string): string[] {
  const have = printed.split('\n').map(withoutNumbers);
  let from = 0;
  return shown.split('\n').filter((line) => {
    const wanted = withoutNumbers(line.replace(/\s*…$/, ''));
    if (wanted === '') return false;
    const at = have.findIndex((text, index) => index >= from && (line.endsWith('…') ? text.startsWith(wanted) : text === wanted));
    if (at >= 0) from = at + 1;
    return at < 0;
  });
}

const withoutNumbers = (line: string): string =>
  line
    .replaceAll(/\b[0-9a-f]{16,}\b/g, 'H')
    .replaceAll(/\d[\d,.]*\d|\d/g, 'N')
    .replaceAll(/ +/g, ' ')
    .trim();
