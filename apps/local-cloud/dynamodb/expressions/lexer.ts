/** Cuts an expression into tokens, and reads the parts that every kind of expression shares: document paths and operand lists. */
import { isReserved } from './reserved-words.ts';
import type { Operand, Parsed, Path } from './syntax.ts';

/** The text is no expression; the caller puts the parameter's name before the message. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

type TokenKind = 'word' | 'name' | 'value' | 'index' | 'symbol' | 'end';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN = /\s*(?:([A-Za-z_][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|(\d+)|(<>|<=|>=|[=<>+\-().,[\]]))/y;
const KINDS: readonly TokenKind[] = ['word', 'name', 'value', 'index', 'symbol'];

/** A cursor over the tokens of one expression. */
export class Cursor {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #names = new Set<string>();
  readonly #values = new Set<string>();
  #at = 0;

  constructor(text: string) {
    if (text === '') throw new ExpressionError('The expression can not be empty;');
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  /** What was read, once nothing is left. */
  finish<Root>(root: Root): Parsed<Root> {
    if (this.peek().kind !== 'end') this.fail();
    return { root, names: [...this.#names], values: [...this.#values] };
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  /** Takes the symbol if it is next. */
  takes(symbol: string): boolean {
    const token = this.peek();
    if (token.kind !== 'symbol' || token.text !== symbol) return false;
    this.#at++;
    return true;
  }

  expects(symbol: string): void {
    if (!this.takes(symbol)) this.fail();
  }

  nextIsKeyword(keyword: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.text.toUpperCase() === keyword;
  }

  /** Takes the keyword, in any case, if it is next. */
  takesKeyword(keyword: string): boolean {
    if (!this.nextIsKeyword(keyword)) return false;
    this.#at++;
    return true;
  }

  nextIsFunction(): boolean {
    return this.peek().kind === 'word' && this.peek(1).kind === 'symbol' && this.peek(1).text === '(';
  }

  takeWord(): string {
    if (this.peek().kind !== 'word') this.fail();
    return this.#tokens[this.#at++]!.text;
  }

  nextIsValue(): boolean {
    return this.peek().kind === 'value';
  }

  takeValue(): string {
    if (!this.nextIsValue()) this.fail();
    const { text } = this.#tokens[this.#at++]!;
    this.#values.add(text);
    return text;
  }

  takePath(): Path {
    const path: (string | number)[] = [this.#takeName()];
    for (;;) {
      if (this.takes('.')) path.push(this.#takeName());
      else if (this.takes('[')) {
        const index = this.peek();
        if (index.kind !== 'index') this.fail();
        this.#at++;
        this.expects(']');
        path.push(Number(index.text));
      } else return path;
    }
  }

  /** Operands between parentheses, the opening one included. */
  takeOperands(operand: () => Operand): readonly Operand[] {
    this.expects('(');
    const operands = [operand()];
    while (this.takes(',')) operands.push(operand());
    this.expects(')');
    return operands;
  }

  fail(): never {
    const token = this.peek();
    const before = this.#tokens[this.#at - 1] ?? token;
    const shown = token.kind === 'end' ? '<EOF>' : token.text;
    throw new ExpressionError(`Syntax error; token: "${shown}", near: "${this.#text.slice(before.start, this.peek(1).end)}"`);
  }

  #takeName(): string {
    const { kind, text } = this.peek();
    if (kind === 'name') this.#names.add(text);
    else if (kind !== 'word') this.fail();
    else if (isReserved(text)) throw new ExpressionError(`Attribute name is a reserved keyword; reserved keyword: ${text}`);
    this.#at++;
    return text;
  }
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  let from = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const group = match.findIndex((found, index) => index > 0 && found !== undefined);
    const found = match[group]!;
    from = TOKEN.lastIndex;
    tokens.push({ kind: KINDS[group - 1]!, text: found, start: from - found.length, end: from });
  }
  const rest = text.slice(from).trimStart();
  if (rest !== '') {
    const start = text.length - rest.length;
    const near = text.slice(tokens.at(-1)?.start ?? start, start + 1 + (text.slice(start + 1).match(/^\s*[A-Za-z0-9_]+/)?.[0].length ?? 0));
    throw new ExpressionError(`Syntax error; token: "${rest[0]}", near: "${near}"`);
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}
