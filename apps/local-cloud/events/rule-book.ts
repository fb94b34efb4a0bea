/**
 * The rules of every bus. A rule declared by a template keeps what an operator changed through the API until the
 * template itself changes, as CloudFormation leaves drift alone; a rule no template declares any more is dropped.
 */
import type { Target } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../service.ts';
import { KeptMap } from './kept-map.ts';
import { type CompiledRule, compileRule, type Rule } from './rule.ts';

const TARGETS_MAX = 5;

export class RuleBook {
  readonly #rules: KeptMap<Rule>;
  readonly #compiled = new Map<string, CompiledRule>();
  readonly #declared = new Set<string>();

  constructor(path: string | undefined) {
    this.#rules = new KeptMap(path);
    for (const rule of this.#rules.values()) this.#compiled.set(rule.arn, compileRule(rule));
  }

  all(): Iterable<Rule> {
    return this.#rules.values();
  }

  ofBus(bus: string): Rule[] {
    return [...this.#rules.values()].filter((rule) => rule.bus === bus);
  }

  find(arn: string): Rule | undefined {
    return this.#rules.get(arn);
  }

  compiled(rule: Rule): CompiledRule {
    return this.#compiled.get(rule.arn)!;
  }

  /** @throws AwsError when the pattern or schedule does not compile. */
  put(rule: Rule): void {
    this.#compiled.set(rule.arn, compileRule(rule));
    this.#rules.set(rule.arn, rule);
  }

  declare(rule: Rule): void {
    this.#declared.add(rule.arn);
    if (this.#rules.get(rule.arn)?.declaredAs !== rule.declaredAs) this.put(rule);
  }

  dropUndeclared(): void {
    for (const rule of [...this.#rules.values()]) {
      if (rule.declaredAs !== undefined && !this.#declared.has(rule.arn)) this.delete(rule.arn);
    }
  }

  delete(arn: string): void {
    this.#rules.delete(arn);
    this.#compiled.delete(arn);
  }

  /** @throws AwsError LimitExceededException above five targets. */
  putTargets(rule: Rule, targets: readonly Target[]): void {
    const byId = new Map([...rule.targets, ...targets].map((target) => [target.Id!, target]));
    if (byId.size > TARGETS_MAX) throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
    this.put({ ...rule, targets: [...byId.values()] });
  }

  close(): void {
    this.#rules.close();
  }
}
