/** Projection expressions, and picking the named parts of an item: nested parts keep their place in the document. */
import { type Attributes, type AttributeValue, attributeOf, type MutableAttributes, setAttribute } from '../items/attribute-value.ts';
import { Cursor } from './lexer.ts';
import type { Parsed, Path } from './syntax.ts';

/** @throws ExpressionError */
export function parseProjection(text: string): Parsed<readonly Path[]> {
  const cursor = new Cursor(text);
  const paths = [cursor.takePath()];
  while (cursor.takes(',')) paths.push(cursor.takePath());
  return cursor.finish(paths);
}

/** Paths as a tree: a step without further steps takes the whole value. */
export interface PathTree extends Map<string | number, PathTree> {}

export function treeOf(paths: readonly Path[]): PathTree {
  const tree: PathTree = new Map();
  for (const path of paths) {
    let node = tree;
    for (const step of path) {
      const next = node.get(step) ?? new Map<string | number, PathTree>();
      node.set(step, next);
      node = next;
    }
  }
  return tree;
}

/** The named parts that exist. Shares values with the item. */
export function project(attributes: Attributes, tree: PathTree): Attributes {
  const picked: MutableAttributes = {};
  for (const [step, below] of tree) {
    const value = typeof step === 'string' ? attributeOf(attributes, step) : undefined;
    const part = value && pick(value, below);
    if (part) setAttribute(picked, step as string, part);
  }
  return picked;
}

function pick(value: AttributeValue, tree: PathTree): AttributeValue | undefined {
  if (tree.size === 0) return value;
  if (value.M) {
    const members = project(value.M, tree);
    return Object.keys(members).length > 0 ? { M: members } : undefined;
  }
  if (!value.L) return undefined;
  const members: AttributeValue[] = [];
  const indexes = [...tree.keys()].filter((step) => typeof step === 'number').sort((left, right) => left - right);
  for (const index of indexes) {
    const member = value.L[index];
    const part = member && pick(member, tree.get(index)!);
    if (part) members.push(part);
  }
  return members.length > 0 ? { L: members } : undefined;
}
