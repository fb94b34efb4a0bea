/** From the broker secret to a broker. The secret's text is parsed, used and dropped; it is never logged. */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { createAlpacaBroker } from '../brokers/alpaca/index.ts';
import type { Broker } from '../brokers/broker.ts';
import { ContractViolation } from '../kernel/errors.ts';
import { tryParseJson } from '../kernel/json.ts';
import { awsCall } from '../stores/aws-errors.ts';
import type { RuntimeHost } from './host.ts';

const BrokerSecret = z.object({ keyId: z.string().min(1), secretKey: z.string().min(1), baseUrl: z.url(), dataUrl: z.url() });

export async function connectBroker(secrets: SecretsManagerClient, secretId: string, host: RuntimeHost): Promise<Broker> {
  const reply = await awsCall('Reading the broker secret', () => secrets.send(new GetSecretValueCommand({ SecretId: secretId })));
  const parsed = BrokerSecret.safeParse(tryParseJson(reply.SecretString ?? ''));
  if (!parsed.success)
    throw new ContractViolation(
      'The broker secret must hold {"keyId", "secretKey", "baseUrl", "dataUrl"}; put them there with the AWS console or CLI',
    );
  return createAlpacaBroker({ ...parsed.data, fetch: (url, init) => host.fetch(url, init) });
}
