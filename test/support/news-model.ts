/** A language model that a fund can ask about its news: a server on the loopback address, its address in the fund's secret, and the policy that asks it. */
import type { Policy } from '../../shared/domain/policy/policy.ts';
import type { CycleId } from '../../shared/kernel/units.ts';
import { CycleDocuments, type CycleDocumentTypes } from '../../shared/runtime/cycle-documents.ts';
import {
  type Answer,
  type Asked,
  type ChatServer,
  completion,
  itemsOf,
  startChatServer,
} from '../unit/providers/language-model/chat-server.ts';
import { named, type TestFund } from './boot-fund.ts';

export const newsModelKey = 'PLANTED-NEWS-MODEL-KEY-1742';

export const readByModel = (standard: Policy): Policy => ({ ...standard, sentiment: { ...standard.sentiment, reader: 'llm' } });

export type NewsModelServer = ChatServer & AsyncDisposable;

/** What somebody types into the secret's value. */
export const putNewsModelSecret = (fund: TestFund, value: object): Promise<unknown> =>
  fund.call('secretsmanager', 'PutSecretValue', { SecretId: named('news-model'), SecretString: JSON.stringify(value) });

/** Starts the model and tells the fund of it. */
export async function newsModelFor(fund: TestFund, answer: (asked: Asked, count: number) => Answer): Promise<NewsModelServer> {
  const server = await startChatServer(answer);
  const { baseUrl } = server;
  await putNewsModelSecret(fund, { baseUrl, model: 'lab/small-model', apiKey: newsModelKey, enforcesSchema: true });
  return { ...server, [Symbol.asyncDispose]: () => server.close() };
}

/** A model with an opinion on everything: the same of each headline of a company. */
export const sameOfAll =
  (toneOf: (ticker: string) => number) =>
  (asked: Asked): Answer =>
    completion(JSON.stringify({ readings: itemsOf(asked).map(({ id, ticker }) => ({ id, tone: toneOf(ticker), confidence: 1 })) }));

/** What a cycle left for its next phases. */
export const documentOf = <Name extends keyof CycleDocumentTypes>(
  { fund }: TestFund,
  cycleId: CycleId,
  name: Name,
): Promise<CycleDocumentTypes[Name] | undefined> => new CycleDocuments(fund.lake, cycleId).find(name);
