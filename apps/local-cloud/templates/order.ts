/** The order in which a template's resources can be declared: each after those it refers to, else as written. */
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import type { TemplateResource } from './assembly.ts';

/** Logical ids, dependencies first. @throws ContractViolation naming the circle, if there is one. */
export function declarationOrder(resources: Readonly<Record<string, TemplateResource>>): string[] {
  const ordered: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string, path: readonly string[]): void => {
    if (state.get(id) === 'done') return;
    if (state.get(id) === 'open')
      throw new ContractViolation(`resources refer to each other in a circle: ${[...path, id].join(' → ')}`, { id });
    state.set(id, 'open');
    for (const dependency of dependenciesOf(resources[id]!)) if (Object.hasOwn(resources, dependency)) visit(dependency, [...path, id]);
    state.set(id, 'done');
    ordered.push(id);
  };
  for (const id of Object.keys(resources)) visit(id, []);
  return ordered;
}

function dependenciesOf({ DependsOn, Properties }: TemplateResource): Set<string> {
  const found = new Set<string>(typeof DependsOn === 'string' ? [DependsOn] : (DependsOn ?? []));
  collect(Properties, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (key === 'Ref' && typeof member === 'string') found.add(member);
    else if (key === 'Fn::GetAtt') found.add(typeof member === 'string' ? member.split('.')[0]! : (member as string[])[0]!);
    else if (key === 'Fn::Sub') collectSub(member, found);
    else collect(member, found);
  }
}

function collectSub(argument: unknown, found: Set<string>): void {
  const [text, variables] = typeof argument === 'string' ? [argument] : (argument as [string, unknown]);
  for (const [, name] of text.matchAll(/\$\{([^!}][^}]*)\}/g)) found.add(name!.split('.')[0]!);
  collect(variables, found);
}
