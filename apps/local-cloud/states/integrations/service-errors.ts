/** The error name and cause a state sees when a service refuses a call. */
import { AwsError } from '../../service.ts';
import { StateFailure } from '../failure.ts';

const DENIED = /^(AccessDenied|AccessDeniedException|AuthorizationError|AuthorizationErrorException|UnauthorizedOperation)$/;
const THROTTLED = /^(Throttling|ThrottlingException|ThrottledException|RequestThrottled|TooManyRequests)$/;

/**
 * `<prefix>.<code>Exception` as Step Functions builds it. A call the role may not make is States.Permissions, whose cause
 * names the action and the resource. What is no answer of the service at all (a dropped request) is `<prefix>.SdkClientException`.
 */
export function serviceFailure(error: unknown, { errorPrefix }: { readonly errorPrefix: string }): StateFailure {
  if (!(error instanceof AwsError)) {
    const text = error instanceof Error ? error.message : String(error);
    return new StateFailure(`${errorPrefix}.SdkClientException`, text, { cause: error });
  }
  if (DENIED.test(error.code)) return new StateFailure('States.Permissions', error.message, { cause: error });
  const cause = `${error.message} (Service: ${errorPrefix}; Status Code: ${error.status}; Error Code: ${error.code})`;
  return new StateFailure(`${errorPrefix}.${exceptionName(error, errorPrefix)}`, cause, { cause: error });
}

function exceptionName({ code, status }: AwsError, errorPrefix: string): string {
  if (errorPrefix === 'Lambda') {
    if (THROTTLED.test(code) || status === 429) return 'TooManyRequestsException';
    if (status >= 500 && !code.endsWith('Exception')) return 'ServiceException';
  }
  return code.endsWith('Exception') ? code : `${code}Exception`;
}
