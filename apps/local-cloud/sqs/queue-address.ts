/** A queue has three names: its own, its ARN and its URL. The URL is stable and leads nowhere: it only names the queue. */
import { AwsError } from '../service.ts';

export const queueArn = (region: string, accountId: string, name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`;

/** The host is this machine, so that an SDK that follows the URL can never reach AWS. */
export const queueUrl = (accountId: string, name: string): string => `http://127.0.0.1/${accountId}/${name}`;

export function queueUrlFromArn(arn: string): string {
  const [, , service, , accountId, name] = arn.split(':');
  if (service !== 'sqs' || !accountId || !name) throw new AwsError('InvalidAddress', `"${arn}" is no queue ARN`, 404);
  return queueUrl(accountId, name);
}

/** Any URL whose path ends in account and name is understood, and a bare name too. */
export function queueNameFromUrl(url: string): string {
  const name = url.split('/').at(-1);
  if (!name) throw new AwsError('InvalidAddress', `The address ${url} is not valid for this endpoint.`, 404);
  return name;
}
