/**
 * What the expression parsers give. A tree depends on the text only, so it is kept and shared by every request with
 * the same text; `#names` and `:values` are looked up when it is used.
 */

/** Names as written (perhaps `#placeholder`) and list indexes. */
export type Path = readonly (string | number)[];

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly placeholder: string }
  | { readonly kind: 'function'; readonly name: string; readonly operands: readonly Operand[] };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly candidates: readonly Operand[] }
  | { readonly kind: 'function'; readonly name: string; readonly operands: readonly Operand[] };

/** The right side of a SET. */
export type Computed = Operand | { readonly kind: 'sum' | 'difference'; readonly left: Computed; readonly right: Computed };

export type UpdateClause =
  | { readonly kind: 'set'; readonly path: Path; readonly value: Computed }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add' | 'delete'; readonly path: Path; readonly placeholder: string };

/** An expression with the placeholders it uses, each once. */
export interface Parsed<Root> {
  readonly root: Root;
  readonly names: readonly string[];
  readonly values: readonly string[];
}
