/** Tasks that wait for a callback (`.waitForTaskToken`): who waits, when it last showed signs of life, and which tokens are spent. */
import { AwsError } from '../service.ts';
import type { Json } from './asl.ts';
import { StateFailure } from './failure.ts';

interface WaitingTask {
  readonly stateMachineArn: string;
  readonly succeed: (output: Json) => void;
  readonly fail: (failure: StateFailure) => void;
  lastBeatAt: number;
}

export interface IssuedToken {
  readonly token: string;
  /** Settles when SendTaskSuccess or SendTaskFailure names the token. */
  readonly answer: Promise<Json>;
  lastBeatAt(): number;
  /** The task no longer waits; a later answer is refused as AWS refuses it. */
  close(): void;
}

export class TaskTokens {
  readonly #waiting = new Map<string, WaitingTask>();
  readonly #spent = new Set<string>();
  readonly #newId: () => string;
  readonly #now: () => number;

  constructor(newId: () => string, now: () => number) {
    this.#newId = newId;
    this.#now = now;
  }

  issue(stateMachineArn: string): IssuedToken {
    const token = Buffer.from(`${this.#newId()}.${this.#newId()}`).toString('base64');
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    // A token whose task failed for another reason is never awaited; its late refusal is no accident.
    promise.catch(() => {});
    const task: WaitingTask = { stateMachineArn, succeed: resolve, fail: reject, lastBeatAt: this.#now() };
    this.#waiting.set(token, task);
    return { token, answer: promise, lastBeatAt: () => task.lastBeatAt, close: () => this.#close(token) };
  }

  /** @throws AwsError InvalidToken for a token never issued here, TaskTimedOut for one whose task no longer waits. */
  stateMachineOf(token: string): string {
    return this.#find(token).stateMachineArn;
  }

  succeed(token: string, output: Json): void {
    this.#find(token).succeed(output);
    this.#close(token);
  }

  fail(token: string, error: string | undefined, cause: string | undefined): void {
    this.#find(token).fail(new StateFailure(error, cause));
    this.#close(token);
  }

  heartbeat(token: string): void {
    this.#find(token).lastBeatAt = this.#now();
  }

  #close(token: string): void {
    if (this.#waiting.delete(token)) this.#spent.add(token);
  }

  #find(token: string): WaitingTask {
    const task = this.#waiting.get(token);
    if (task) return task;
    if (this.#spent.has(token)) throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  }
}
