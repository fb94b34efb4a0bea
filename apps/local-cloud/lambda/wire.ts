/** Lambda's REST-JSON protocol: the operation is in the path, what matters of an Invoke in its headers. */
import { AwsError, type WireProtocol, type WireRequest, type WireResponse } from '../service.ts';
import { toWire } from '../wire/json.ts';

interface InvokeOutput {
  readonly StatusCode: number;
  readonly FunctionError?: string;
  readonly ExecutedVersion?: string;
  readonly Payload?: Uint8Array;
}

const FUNCTIONS = '/2015-03-31/functions';
const FUNCTION_PATH = /^\/2015-03-31\/functions\/([^/]+)(?:\/(invocations|configuration))?$/;

export const lambdaWire: WireProtocol = {
  decode(request) {
    if (request.method === 'GET' && request.path.replace(/\/$/, '') === FUNCTIONS) return { operation: 'ListFunctions', input: {} };
    const match = FUNCTION_PATH.exec(request.path);
    const functionName = match && decodeURIComponent(match[1]!);
    const qualifier = request.query.get('Qualifier');
    const named = { FunctionName: functionName, ...(qualifier !== null && { Qualifier: qualifier }) };
    switch (`${request.method} ${match?.[2] ?? (match ? 'function' : '')}`) {
      case 'POST invocations':
        return { operation: 'Invoke', input: { ...named, ...invokeMembers(request) } };
      case 'GET function':
        return { operation: 'GetFunction', input: named };
      case 'GET configuration':
        return { operation: 'GetFunctionConfiguration', input: named };
      default:
        throw new AwsError(
          'NotEmulated',
          `The local cloud does not emulate Lambda ${request.method} ${request.path}. See apps/local-cloud/README.md.`,
          501,
        );
    }
  },

  encode(operation, output, requestId) {
    if (operation === 'Invoke') return invokeResponse(output as InvokeOutput, requestId);
    return { status: 200, headers: headersOf(requestId), body: JSON.stringify(toWire(output ?? {})) };
  },

  encodeError(error, requestId) {
    const body = { Type: 'User', message: error.message, Message: error.message, ...error.members };
    return { status: error.status, headers: { ...headersOf(requestId), 'x-amzn-errortype': error.code }, body: JSON.stringify(body) };
  },
};

function invokeMembers({ headers, body }: WireRequest): object {
  return {
    Payload: body,
    ...(headers['x-amz-invocation-type'] && { InvocationType: headers['x-amz-invocation-type'] }),
    ...(headers['x-amz-log-type'] && { LogType: headers['x-amz-log-type'] }),
    ...(headers['x-amz-client-context'] && { ClientContext: headers['x-amz-client-context'] }),
  };
}

function invokeResponse({ StatusCode, FunctionError, ExecutedVersion, Payload }: InvokeOutput, requestId: string): WireResponse {
  return {
    status: StatusCode,
    headers: {
      ...headersOf(requestId),
      ...(FunctionError && { 'x-amz-function-error': FunctionError }),
      ...(ExecutedVersion && { 'x-amz-executed-version': ExecutedVersion }),
    },
    body: Payload ?? '',
  };
}

const headersOf = (requestId: string): Record<string, string> => ({ 'content-type': 'application/json', 'x-amzn-requestid': requestId });
