/**
 * Sends a dead letter to where it should have gone. A function is called directly and waited for, so that the letter is deleted only once
 * its work is done; rules are not asked again, since they would hand the event to everybody else a second time.
 *
 * Lambda does not say which function a failed call was for. For an event of the bus all functions that hear it are called: those that had
 * it find their mark and drop it. For any other call a person must name the function.
 *
 * What cannot be sent again this way: what a rule makes a text of (a topic), where a replay to that one rule does the same; and a piece of
 * a table's stream, whose records are in the table.
 */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { physicalName } from '../../shared/contracts/names/index.ts';
import type { AwsClientConfig } from '../../shared/runtime/host.ts';
import type { DeadLetter } from './dead-letters.ts';
import { type BusRule, bearsRepeating, type EventBusAccess, isFunction, takesWholeEvents } from './event-bus.ts';

export type Redriven =
  | { readonly kind: 'redriven'; readonly to: readonly string[] }
  | { readonly kind: 'failed'; readonly to: readonly string[]; readonly why: string }
  | { readonly kind: 'not-possible'; readonly why: string };

type Plan = { readonly kind: 'call'; readonly functions: readonly string[] } | { readonly kind: 'not-possible'; readonly why: string };

export class Redriver {
  readonly #bus: EventBusAccess;
  readonly #lambda: LambdaClient;
  readonly #rules: readonly BusRule[];

  private constructor(bus: EventBusAccess, client: AwsClientConfig, rules: readonly BusRule[]) {
    this.#bus = bus;
    this.#lambda = new LambdaClient(client);
    this.#rules = rules;
  }

  static async over(bus: EventBusAccess, client: AwsClientConfig): Promise<Redriver> {
    return new Redriver(bus, client, await bus.rules());
  }

  /** `named` is the function that a person says it was for, as the inventory has it: `trading/start-cycle`. */
  async redrive(letter: DeadLetter, named: string | undefined): Promise<Redriven> {
    const plan = named === undefined ? this.#planOf(letter) : this.#call(physicalName(this.#bus.stage, named.replace('/', '-')));
    if (plan.kind === 'not-possible') return plan;
    const to = plan.functions.map((name) => this.#bus.shortName(name));
    const whys = await Promise.all(plan.functions.map((name) => this.#failureOf(name, letter.body)));
    const failed = whys.flatMap((why, at) => (why === undefined ? [] : [`${to[at]}: ${why}`]));
    return failed.length === 0 ? { kind: 'redriven', to } : { kind: 'failed', to, why: failed.join('; ') };
  }

  #planOf({ origin, event }: DeadLetter): Plan {
    switch (origin.kind) {
      case 'rule':
        return this.#toTarget(origin.ruleArn, origin.targetArn, event);
      case 'schedule':
        return isFunction({ Id: undefined, Arn: origin.targetArn })
          ? this.#call(origin.targetArn)
          : notPossible(`The schedule starts ${this.#bus.shortName(origin.targetArn)}, which is no function: start it by hand.`);
      case 'call':
        return this.#toHearers(event);
      case 'stream':
        return notPossible(
          `The letter holds no record: ${this.#bus.shortName(origin.functionArn)} missed ${origin.sequences} of a stream, and the table has what they wrote (see the runbook).`,
        );
      default:
        return notPossible('The letter does not say who sent it: read its body.');
    }
  }

  #toTarget(ruleArn: string, targetArn: string, event: DeadLetter['event']): Plan {
    const rule = this.#rules.find(({ arn }) => arn === ruleArn);
    const target = rule?.targets.find(({ Arn }) => Arn === targetArn);
    if (target === undefined) return notPossible(`The rule ${this.#bus.shortName(ruleArn)} does not call that target any more.`);
    if (isFunction(target) && takesWholeEvents(target)) return this.#call(targetArn);
    const { time = '' } = event as { readonly time?: string };
    return notPossible(
      `${this.#bus.shortName(targetArn)} is handed a text that the rule makes. Instead: ballast events replay --from ${time} --to ${time} --to-rule ${rule!.name}`,
    );
  }

  #toHearers(event: DeadLetter['event']): Plan {
    if (event === undefined) return notPossible('AWS does not say which function was called: name it with --function.');
    const hearing = this.#rules.filter((rule) => rule.hears(event) && (bearsRepeating(rule) || event['detail-type'] === 'StopRequested'));
    const functions = [...new Set(hearing.flatMap(({ targets }) => targets.filter(isFunction).map(({ Arn = '' }) => Arn)))];
    return functions.length > 0 ? { kind: 'call', functions } : notPossible(`No function hears ${event['detail-type']} any more.`);
  }

  #call(functionName: string): Plan {
    return { kind: 'call', functions: [functionName] };
  }

  /** Undefined when the function did its work. */
  async #failureOf(functionName: string, body: string): Promise<string | undefined> {
    const Payload = new TextEncoder().encode(body);
    const { FunctionError, Payload: answer } = await this.#lambda.send(new InvokeCommand({ FunctionName: functionName, Payload }));
    if (FunctionError === undefined) return undefined;
    const { errorType = FunctionError, errorMessage = '' } = JSON.parse(new TextDecoder().decode(answer)) as Record<string, string>;
    return `${errorType}: ${errorMessage}`;
  }
}

const notPossible = (why: string): Plan => ({ kind: 'not-possible', why });
