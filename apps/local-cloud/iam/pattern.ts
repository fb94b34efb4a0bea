/**
 * IAM's wildcards: `*` for any run of characters, `?` for one. A pattern may hold policy variables (`${aws:PrincipalArn}`),
 * which are put in per request; `${*}`, `${?}` and `${$}` stand for the characters themselves.
 */
export type ContextKeys = (key: string) => readonly string[] | undefined;

export interface Pattern {
  readonly text: string;
  /** Whether the match depends on more than the value: the pattern holds a policy variable. */
  readonly variable: boolean;
  matches(value: string, context: ContextKeys): boolean;
}

const VARIABLE = /\$\{([^}]*)\}/g;

export function pattern(text: string, letterCase: 'exact-case' | 'ignore-case'): Pattern {
  const flags = letterCase === 'ignore-case' ? 'is' : 's';
  if (text === '*') return { text, variable: false, matches: () => true };
  if (text.includes('${')) {
    return {
      text,
      variable: true,
      matches: (value, context) => {
        const source = sourceWithVariables(text, context);
        return source !== undefined && new RegExp(source, flags).test(value);
      },
    };
  }
  if (!/[*?]/.test(text) && letterCase === 'exact-case') return { text, variable: false, matches: (value) => value === text };
  const expression = new RegExp(`^${wildcardSource(text)}$`, flags);
  return { text, variable: false, matches: (value) => expression.test(value) };
}

/** `undefined` when a variable has no value in this request: then the pattern matches nothing. */
function sourceWithVariables(text: string, context: ContextKeys): string | undefined {
  let source = '^';
  let end = 0;
  for (const match of text.matchAll(VARIABLE)) {
    source += wildcardSource(text.slice(end, match.index));
    end = match.index + match[0].length;
    const value = variableValue(match[1]!, context);
    if (value === undefined) return undefined;
    source += escaped(value);
  }
  return `${source}${wildcardSource(text.slice(end))}$`;
}

function variableValue(name: string, context: ContextKeys): string | undefined {
  if (name === '*' || name === '?' || name === '$') return name;
  const [key = '', fallback] = name.split(',').map((part) => part.trim());
  return context(key)?.[0] ?? fallback?.replace(/^'(.*)'$/, '$1');
}

const wildcardSource = (text: string): string => escaped(text).replaceAll('\\*', '.*').replaceAll('\\?', '.');

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
