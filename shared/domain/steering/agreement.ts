/**
 * How many looks in a row agree, on a scale from strict to loose: the debounce behind the risk mode and behind health.
 *
 * For each level two counts are kept: latest looks in a row at that level or a stricter one, and at that level or a looser one. A look
 * that asks for DEFENSIVE after one that asked for NORMAL agrees with it that AGGRESSIVE is too much, so the worst of two looks never
 * has to wait for the other.
 */
export interface Agreement<Level extends string> {
  readonly asStrictAs: Readonly<Record<Level, number>>;
  readonly asLooseAs: Readonly<Record<Level, number>>;
}

/** Levels from the strictest to the loosest. */
export type Scale<Level extends string> = readonly Level[];

/** Before the first look. */
export function noAgreement<Level extends string>(scale: Scale<Level>): Agreement<Level> {
  const zero = Object.fromEntries(scale.map((level) => [level, 0])) as Record<Level, number>;
  return { asStrictAs: zero, asLooseAs: zero };
}

/** Counts one more look. */
export function hear<Level extends string>(agreement: Agreement<Level>, heard: Level, scale: Scale<Level>): Agreement<Level> {
  const at = scale.indexOf(heard);
  const counted = (before: Readonly<Record<Level, number>>, agrees: (index: number) => boolean): Record<Level, number> =>
    Object.fromEntries(scale.map((level, index) => [level, agrees(index) ? before[level] + 1 : 0])) as Record<Level, number>;
  return {
    asStrictAs: counted(agreement.asStrictAs, (index) => at <= index),
    asLooseAs: counted(agreement.asLooseAs, (index) => at >= index),
  };
}

/** The strictest level that so many looks in a row agree on; the loosest there is when none do. */
export const strictestAgreed = <Level extends string>({ asStrictAs }: Agreement<Level>, looks: number, scale: Scale<Level>): Level =>
  scale.find((level) => asStrictAs[level] >= looks) ?? scale.at(-1)!;

/** The loosest level that so many looks in a row agree on; the strictest there is when none do. */
export const loosestAgreed = <Level extends string>({ asLooseAs }: Agreement<Level>, looks: number, scale: Scale<Level>): Level =>
  scale.findLast((level) => asLooseAs[level] >= looks) ?? scale[0]!;

export const stricter = <Level extends string>(a: Level, b: Level, scale: Scale<Level>): Level =>
  scale.indexOf(a) <= scale.indexOf(b) ? a : b;

export const isStricter = <Level extends string>(a: Level, than: Level, scale: Scale<Level>): boolean =>
  scale.indexOf(a) < scale.indexOf(than);
