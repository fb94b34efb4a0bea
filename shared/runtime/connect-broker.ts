/**
 * From the broker secret to a broker. The secret's text is parsed, used and dropped; it is never logged. Keys that are rotated while
 * the broker is in use are read from it anew. What talks to TWS is loaded only for a secret that names it.
 */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { type AlpacaKeys, type AlpacaOptions, createAlpacaBroker } from '../brokers/alpaca/index.ts';
import type { Broker } from '../brokers/broker.ts';
import { ContractViolation } from '../kernel/errors.ts';
import { tryParseJson } from '../kernel/json.ts';
import { awsCall } from '../stores/aws-errors.ts';
import type { RuntimeHost } from './host.ts';

/** What a header takes; the error about any other would repeat it. */
const headerText = z.string().regex(/^[\x21-\x7e]+$/);
const AlpacaSecret = z.object({
  broker: z.literal('alpaca').default('alpaca'),
  keyId: headerText,
  secretKey: headerText,
  baseUrl: z.url(),
  dataUrl: z.url(),
});
const IbkrSecret = z.object({
  broker: z.literal('ibkr'),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  clientId: z.int().min(0),
  account: z.string().min(1),
  mayShort: z.boolean().default(false),
  fractionalShares: z.boolean().default(false),
});
const BrokerSecret = z.union([AlpacaSecret, IbkrSecret]);
type BrokerSecret = z.infer<typeof BrokerSecret>;

/** `stream`: for who reads Alpaca's trade updates; the functions of a cycle ask instead, and do not carry it. */
export async function connectBroker(
  secrets: SecretsManagerClient,
  secretId: string,
  host: RuntimeHost,
  stream?: AlpacaOptions['stream'],
): Promise<Broker> {
  const { clock } = host;
  const secret = await brokerSecret(secrets, secretId);
  if (secret.broker === 'ibkr') {
    const { createIbkrBroker } = await import('../brokers/ibkr/index.ts');
    return createIbkrBroker({ ...secret, clock });
  }
  const readKeysAgain = async (): Promise<AlpacaKeys> => {
    const now = await brokerSecret(secrets, secretId);
    if (now.broker !== 'alpaca') throw new ContractViolation('A broker is changed between cycles, not while it is in use');
    return now;
  };
  const fetch: AlpacaOptions['fetch'] = (url, init) => host.fetch(url, init);
  return createAlpacaBroker({ ...secret, readKeysAgain, fetch, clock, ...(stream && { stream }) });
}

async function brokerSecret(secrets: SecretsManagerClient, secretId: string): Promise<BrokerSecret> {
  const reply = await awsCall('Reading the broker secret', () => secrets.send(new GetSecretValueCommand({ SecretId: secretId })));
  const parsed = BrokerSecret.safeParse(tryParseJson(reply.SecretString ?? ''));
  if (parsed.success) return parsed.data;
  throw new ContractViolation(
    'The broker secret must hold {"keyId", "secretKey", "baseUrl", "dataUrl"} for Alpaca, or {"broker": "ibkr", "host", "port", ' +
      '"clientId", "account"}; put them there with the AWS console or CLI',
  );
}
