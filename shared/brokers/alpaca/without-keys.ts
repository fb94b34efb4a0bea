/**
 * A fetch whose answers do not repeat the keys that they were asked with. Texts of the broker's errors go into the ledger, the audit trail,
 * logs and messages, so here, where the keys are known, is where they are taken out: of the answer's body, and of what the network throws.
 */
import { withoutSecrets } from '../../kernel/secret-texts.ts';
import type { AlpacaKeys } from './keys.ts';

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export const withoutKeys =
  (fetch: Fetch, keysInUse: () => AlpacaKeys): Fetch =>
  async (url, init) => {
    const { keyId, secretKey } = keysInUse();
    const clean = (text: string): string => withoutSecrets(text, [secretKey, keyId]);
    let answer: Response;
    try {
      answer = await fetch(url, init);
      if (answer.body === null) return answer;
      const { status, statusText, headers } = answer;
      return new Response(clean(await answer.text()), { status, statusText: clean(statusText), headers });
    } catch (error) {
      throw cleaned(error, clean);
    }
  };

/** The same error where it says nothing of the keys; one in its place, of the same name, where it or a cause of it does. */
function cleaned(error: unknown, clean: (text: string) => string): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? clean(error) : error;
  const cause = error.cause === undefined ? undefined : cleaned(error.cause, clean);
  const message = clean(error.message);
  if (message === error.message && cause === error.cause) return error;
  const { name, code } = error as { name: string; code?: unknown };
  const instead = new Error(message, { cause });
  return Object.assign(instead, { name, ...(code !== undefined && { code }) });
}
