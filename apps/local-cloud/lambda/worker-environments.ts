/**
 * The execution environments of functions that compute heavily: at most `size` threads at once, each bound to one function, as an environment of
 * Lambda is. Whoever comes when all are busy waits in line; Lambda would start another, and the answer would be the same.
 */
import type { FunctionDefinition } from './definition.ts';
import { WorkerEnvironment, type WorkerSurroundings } from './worker-environment.ts';

export class WorkerEnvironments {
  readonly #size: number;
  readonly #surroundings: WorkerSurroundings;
  readonly #idle: WorkerEnvironment[] = [];
  readonly #busy = new Set<WorkerEnvironment>();
  readonly #line: (() => void)[] = [];

  constructor(size: number, surroundings: WorkerSurroundings) {
    this.#size = size;
    this.#surroundings = surroundings;
  }

  /** One that nobody else uses until it is given back: warm if there is one, else a new one. */
  async lease(definition: FunctionDefinition): Promise<WorkerEnvironment> {
    while (this.#busy.size >= this.#size) await new Promise<void>((resolve) => this.#line.push(resolve));
    const environment = this.#takeWarm(definition.name) ?? new WorkerEnvironment(definition, this.#surroundings);
    this.#busy.add(environment);
    this.#retireBeyond();
    return environment;
  }

  giveBack(environment: WorkerEnvironment): void {
    this.#busy.delete(environment);
    if (!environment.isDead) this.#idle.push(environment);
    this.#line.shift()?.();
  }

  /** An environment of that function died before it was asked anything: the next one begins from nothing. */
  async loseOne(functionName: string): Promise<void> {
    await this.#takeWarm(functionName)?.destroy();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#idle, ...this.#busy].map((environment) => environment.destroy()));
  }

  /** The one used last, as its caches are the warmest. */
  #takeWarm(functionName: string): WorkerEnvironment | undefined {
    const at = this.#idle.findLastIndex((environment) => environment.functionName === functionName && !environment.isDead);
    return at === -1 ? undefined : this.#idle.splice(at, 1)[0];
  }

  /** Idle threads of other functions make room, the longest idle first. */
  #retireBeyond(): void {
    while (this.#idle.length + this.#busy.size > this.#size && this.#idle.length > 0) void this.#idle.shift()!.destroy();
  }
}
