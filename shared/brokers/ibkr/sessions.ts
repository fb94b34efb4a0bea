/**
 * Sessions with TWS for calls that come one by one or together: the first opens one, the last closes it. It is not kept in between,
 * because TWS gives a client id to one connection at a time, and a Lambda that is frozen between two calls would keep it from all others.
 * Who finds the id taken waits and tries again for as long as one question may take: TWS itself is the lock between processes.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { TransientFailure } from '../../kernel/errors.ts';
import { refuse } from '../../kernel/refusal.ts';
import type { NotAuthorised } from '../broker.ts';
import { type SessionOptions, TwsSession } from './session.ts';

export interface SessionsOptions extends SessionOptions {
  /** Must be among those that TWS is logged in to. */
  readonly account: string;
}

const RETRY_MS = 100;

export class TwsSessions {
  readonly #options: SessionsOptions;
  #users = 0;
  #line: Promise<unknown> = Promise.resolve();
  #opening: Promise<TwsSession | NotAuthorised> | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** @throws TransientFailure when no session could be had, and whatever `use` throws. */
  async with<Answer>(use: (session: TwsSession) => Promise<Answer>): Promise<Answer | NotAuthorised> {
    this.#users++;
    try {
      const session = await this.#session();
      return session instanceof TwsSession ? await use(session) : session;
    } finally {
      await this.#leave();
    }
  }

  /**
   * As `with`, one after the other: two that look for the same order and do not find it must not both send it. A session that the one before
   * has left broken is opened anew.
   */
  async inTurn<Answer>(use: (session: TwsSession) => Promise<Answer>): Promise<Answer | NotAuthorised> {
    this.#users++;
    try {
      const turn = this.#line.then(() => this.with(use));
      this.#line = turn.catch(() => undefined);
      return await turn;
    } finally {
      await this.#leave();
    }
  }

  async #session(): Promise<TwsSession | NotAuthorised> {
    const before = this.#opening;
    const held = await before?.catch(() => undefined);
    const isUsable = held instanceof TwsSession && !held.isOver;
    // Whoever finds it over first opens the next one; the others find that.
    if (this.#opening === before && !isUsable) this.#opening = this.#open();
    return this.#opening ?? this.#session();
  }

  async #open(): Promise<TwsSession | NotAuthorised> {
    const { account, timeoutMs, clientId } = this.#options;
    for (let waited = 0; waited <= timeoutMs; waited += RETRY_MS) {
      const opened = await TwsSession.open(this.#options);
      if (opened !== 'client-id-in-use') {
        if (opened.accounts.includes(account)) return opened.session;
        opened.session.close();
        return refuse('not-authorised', { account, message: 'TWS is logged in to other accounts' });
      }
      await wait(RETRY_MS);
    }
    throw new TransientFailure('another program talks to TWS under this client id', { clientId });
  }

  /** The last one out closes the session. */
  async #leave(): Promise<void> {
    if (--this.#users > 0) return;
    const opening = this.#opening;
    this.#opening = undefined;
    const held = await opening?.catch(() => undefined);
    if (held instanceof TwsSession) held.close();
  }
}
