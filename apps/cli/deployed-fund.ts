/**
 * The fund that is deployed in an AWS account, reached with whatever credentials the AWS SDK finds. Only what tables and the
 * bus can do is offered there: cycles are started by their schedule.
 */
import type { StageName } from '../../shared/contracts/names/index.ts';
import type { CommandHost, FundArguments } from './command-host.ts';
import { type OperatorStores, operatorStores } from './operator-stores.ts';
import { CommandFailed, exitCodes } from './outcome.ts';

export interface StoresArguments extends FundArguments {
  /** The stage of a deployed fund; without it, the fund on this machine. */
  readonly aws?: StageName;
}

/** Works on the stores of the fund that the arguments name. @throws CommandFailed in one line when AWS cannot be used. */
export function withStores<T>(options: StoresArguments, host: CommandHost, work: (stores: OperatorStores) => Promise<T>): Promise<T> {
  return options.aws === undefined ? host.withFund(options, work) : onDeployed(options.aws, work);
}

export async function onDeployed<T>(stage: StageName, work: (stores: OperatorStores) => Promise<T>): Promise<T> {
  try {
    return await work(operatorStores(stage, {}));
  } catch (error) {
    const explained = explanation(stage, error as Error);
    if (explained === undefined) throw error;
    throw new CommandFailed(exitCodes.failed, explained, { cause: error });
  }
}

function explanation(stage: StageName, { name, message, code }: NodeJS.ErrnoException): string | undefined {
  if (code === 'ENOTFOUND' || code === 'ECONNREFUSED')
    return `AWS cannot be reached (${message}). Check the network, AWS_REGION and AWS_ENDPOINT_URL.`;
  switch (name) {
    case 'CredentialsProviderError':
    case 'ExpiredTokenException':
    case 'UnrecognizedClientException':
      return 'AWS does not know you: sign in (e.g. "aws sso login") or set AWS_PROFILE, then try again.';
    case 'ResourceNotFoundException':
      return `Stage ${stage} is not deployed in this account and region. Check AWS_PROFILE and AWS_REGION, or "ballast deploy --stage ${stage}".`;
    case 'AccessDeniedException':
      return message;
    default:
      return message === 'Region is missing' ? 'Set AWS_REGION to the region the fund is deployed in.' : undefined;
  }
}
