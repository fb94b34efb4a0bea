/**
 * A strategy's parameters, made complete and checked before anything runs: what is not given has its initial value, a name that the strategy
 * does not have is refused together with the nearest one that it has, and so is a value out of its range or values that do not fit each other.
 */
import { editDistance } from '../../kernel/edit-distance.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { ParameterSpec, Parameters, Strategy } from './strategy.ts';

export type ParameterRefusal = 'parameter-unknown' | 'parameter-out-of-range' | 'parameters-conflict';

export function withDefaults(
  strategy: Pick<Strategy, 'name' | 'parameters' | 'conflict'>,
  given: Parameters,
): Parameters | Refusal<ParameterRefusal> {
  const complete: Record<string, number> = {};
  for (const [name, { initial }] of Object.entries(strategy.parameters)) complete[name] = initial;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(strategy.parameters, name)) return unknownName(strategy, name);
    complete[name] = value;
  }
  for (const [name, spec] of Object.entries(strategy.parameters)) {
    if (fits(complete[name]!, spec)) continue;
    const { min, max, whole } = spec;
    return refuse('parameter-out-of-range', { strategy: strategy.name, name, value: complete[name], min, max, whole });
  }
  const conflict = strategy.conflict?.(complete) ?? null;
  return conflict === null ? complete : refuse('parameters-conflict', { strategy: strategy.name, conflict });
}

const fits = (value: number, { min, max, whole }: ParameterSpec): boolean =>
  value >= min && value <= max && Number.isFinite(value) && (!whole || Number.isInteger(value));

function unknownName({ name: strategy, parameters }: Pick<Strategy, 'name' | 'parameters'>, name: string): Refusal<'parameter-unknown'> {
  const known = Object.keys(parameters);
  const distances = known.map((other) => editDistance(name, other));
  const nearest = known[distances.indexOf(Math.min(...distances))] ?? null;
  return refuse('parameter-unknown', { strategy, name, nearest, known });
}
