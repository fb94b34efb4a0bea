/**
 * Who changes a policy. On this machine a person says so, since whoever may write the state directory may write anything in it. In an AWS
 * account the caller's ARN says so: a name that one gives oneself proves nothing to a second person.
 */
import { userInfo } from 'node:os';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { isProgram } from '../../shared/domain/policy/hard-limits-authority.ts';
import type { AwsClientConfig } from '../../shared/runtime/host.ts';
import type { StoresArguments } from './deployed-fund.ts';
import { BadInput } from './outcome.ts';

/** @throws BadInput for a name where AWS knows one, and for the name of a program. */
export async function policyActor({ aws }: StoresArguments, as: string | undefined): Promise<string> {
  if (aws === undefined) return namedHere(as);
  if (as !== undefined)
    throw new BadInput('With --aws you are who AWS says you are: leave --as out, and let the other person run the command.');
  return callerArn({});
}

export async function callerArn(client: AwsClientConfig): Promise<string> {
  const { Arn } = await new STSClient(client).send(new GetCallerIdentityCommand({}));
  if (Arn === undefined)
    throw new BadInput('AWS does not say who you are: sign in (e.g. "aws sso login") or set AWS_PROFILE, then try again.');
  return Arn;
}

function namedHere(as: string | undefined): string {
  if (as === undefined) return `operator/${userInfo().username}`;
  if (as.trim() === '' || as.length > 100) throw new BadInput('--as is a name of 1 to 100 characters.');
  if (isProgram(as)) throw new BadInput(`"${as}" is the name of a program: --as names a person.`);
  return as.includes('/') ? as : `operator/${as}`;
}
