import { inspect } from 'node:util';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import { connectNewsReader, type NewsModel } from '../../../shared/runtime/connect-news-reader.ts';
import { LakeReadings } from '../../../shared/stores/lake/readings.ts';
import { ticker } from '../domain/fixtures.ts';
import { bucket, type InMemoryS3, inMemoryS3 } from '../lake/in-memory-s3.ts';
import { type ChatServer, readAll, startChatServer } from '../providers/language-model/chat-server.ts';

const apiKey = 'PLANTED-KEY-2203';
const item = { symbol: ticker('ACME'), headline: 'Acme beats' };
const secrets = mockClient(SecretsManagerClient);
const client = new SecretsManagerClient({ region: 'us-east-1' });

let server: ChatServer;
let s3: InMemoryS3;

beforeEach(async () => {
  server = await startChatServer((asked, count) => readAll(asked, count / 10));
  s3 = inMemoryS3();
  secrets.reset();
});
afterEach(() => server.close());

const connect = (secret: unknown): Promise<NewsModel | Refusal> => {
  secrets.on(GetSecretValueCommand).resolves({ SecretString: typeof secret === 'string' ? secret : JSON.stringify(secret) });
  return connectNewsReader(client, 'ballast/news-model', new LakeReadings(s3.client, bucket));
};
const wholeSecret = () => ({ baseUrl: server.baseUrl, model: 'lab/small: 8b', apiKey, enforcesSchema: true });

describe('a news reader from its secret', () => {
  test('asks the model there, keeps its reading in the lake and finds it again', async () => {
    const model = (await connect(wholeSecret())) as NewsModel;
    expect(await model.known(item)).toBeNull();
    const [first] = await model.read([item]);
    expect(first).toMatchObject({ kind: 'reading', reading: { tone: 0.1 } });
    const keys = [...s3.objects.keys()].sort();
    expect(keys).toEqual([
      expect.stringMatching(/^readings\/answers\/[0-9a-f]{64}\.txt$/),
      expect.stringMatching(/^readings\/lab-small-8b\/headline-tone\/\d+\/[0-9a-f]{64}\.json$/),
    ]);
    expect(await model.known(item)).toEqual(!isRefusal(first) && first!.reading);
    expect(server.asked[0]).toMatchObject({ authorization: `Bearer ${apiKey}`, body: { model: 'lab/small: 8b' } });
    expect([...s3.objects.values()].join()).not.toContain(apiKey);
  });

  test('keeps the first reading of a headline when another was made meanwhile', async () => {
    const [one, other] = (await Promise.all([connect(wholeSecret()), connect(wholeSecret())])) as [NewsModel, NewsModel];
    await Promise.all([one.read([item]), other.read([item])]);
    expect(server.asked).toHaveLength(2);
    const kept = await one.known(item);
    await one.read([item]);
    expect(server.asked).toHaveLength(2);
    expect(await other.known(item)).toEqual(kept);
  });

  test.each([
    ['the one a fund is born with', { baseUrl: 'not-set', model: 'not-set', enforcesSchema: false, apiKey: 'random' }],
    ['one without a key', { baseUrl: 'https://model.test/v1', model: 'm', enforcesSchema: true }],
    [
      'one whose key no header takes',
      { baseUrl: 'https://model.test/v1', model: 'm', apiKey: `${apiKey}\nX-Other: 1`, enforcesSchema: true },
    ],
    ['one that would send the key in the clear', { baseUrl: 'http://model.test/v1', model: 'm', apiKey, enforcesSchema: true }],
    ['one that is no JSON', `{"apiKey": "${apiKey}"`],
    ['an empty one', ''],
  ])('is refused for %s, without a word of it', async (_what, secret) => {
    const refusal = await connect(secret);
    expect(refusal).toMatchObject({ kind: 'refused', reason: 'model-not-set-up' });
    expect(inspect(refusal, { depth: null })).not.toContain(apiKey);
  });

  test('is tried again when the secret cannot be read for the moment', async () => {
    secrets.on(GetSecretValueCommand).rejects(Object.assign(new Error('slow down'), { name: 'ThrottlingException', $metadata: {} }));
    await expect(connectNewsReader(client, 'ballast/news-model', new LakeReadings(s3.client, bucket))).rejects.toThrow(TransientFailure);
  });
});
