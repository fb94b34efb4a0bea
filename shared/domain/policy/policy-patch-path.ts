/**
 * The path of a setting as a person writes it: `risk.cvarFracMax`, `stress[name=pandemic-2020].indexReturnFrac`,
 * `stress[name=pandemic-2020].symbolReturnFracs["BRK.B"]`. A key that is no plain word stands in brackets as a JSON text; an entry of a
 * list is named by its `name`, because its place in the list says nothing.
 */
export type PathStep = { readonly kind: 'key'; readonly key: string } | { readonly kind: 'entry'; readonly name: string };

const plain = /^[A-Za-z0-9_-]+$/;
const plainName = /^[A-Za-z0-9_. -]+$/;

export function pathText(path: readonly PathStep[]): string {
  return path
    .map((step, index) => {
      if (step.kind === 'entry') return `[name=${plainName.test(step.name) ? step.name : JSON.stringify(step.name)}]`;
      if (!plain.test(step.key)) return `[${JSON.stringify(step.key)}]`;
      return index === 0 ? step.key : `.${step.key}`;
    })
    .join('');
}

/** Undefined for what is no path. */
export function tryParsePath(text: string): readonly PathStep[] | undefined {
  const step = /\[name=("(?:[^"\\]|\\.)*"|[A-Za-z0-9_. -]+)\]|\[("(?:[^"\\]|\\.)*")\]|(\.?)([A-Za-z0-9_-]+)/y;
  const path: PathStep[] = [];
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (found === null) return undefined;
    const [, name, quoted, dot, key] = found;
    if (name !== undefined) path.push({ kind: 'entry', name: name.startsWith('"') ? unquoted(name) : name });
    else if (quoted !== undefined) path.push({ kind: 'key', key: unquoted(quoted) });
    else if ((dot === '.') === path.length > 0) path.push({ kind: 'key', key: key! });
    else return undefined;
  }
  return path.length > 0 ? path : undefined;
}

/** What the pattern let through may still be no JSON text, e.g. a lone `\x`; it is then taken as it stands. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}
