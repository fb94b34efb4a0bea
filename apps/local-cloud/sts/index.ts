/**
 * GetCallerIdentity of STS: who is calling, as AWS saw it and not as the caller says. It takes no permission, as on AWS. Everything else of
 * STS is refused by name: roles are taken on by the services themselves here.
 *
 * The AWS query protocol: a form in, XML out (AWS STS API Reference, GetCallerIdentity).
 */
import { Buffer } from 'node:buffer';
import { AwsError, type AwsService, type CallContext, type CloudHost, notEmulated, type WireProtocol } from '../service.ts';

interface Identity {
  readonly Account: string;
  readonly Arn: string;
  readonly UserId: string;
}

export function createSts(host: CloudHost): AwsService {
  return {
    name: 'sts',
    wire: stsWire,
    resourceTypes: [],
    declare: () => {
      throw notEmulated('STS', 'resources');
    },
    execute(operation, _input, { caller }: CallContext): Identity {
      if (operation !== 'GetCallerIdentity') throw notEmulated('STS', operation);
      const Account = host.accountId;
      if (caller.kind !== 'role') return { Account, Arn: `arn:aws:iam::${Account}:root`, UserId: Account };
      const role = caller.roleArn.split('/').at(-1)!;
      return { Account, Arn: `arn:aws:sts::${Account}:assumed-role/${role}/${caller.session}`, UserId: `${role}:${caller.session}` };
    },
    close: () => {},
  };
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

const stsWire: WireProtocol = {
  decode({ body }) {
    const operation = new URLSearchParams(Buffer.from(body).toString('utf8')).get('Action');
    if (!operation) throw new AwsError('MissingAction', 'The request has no Action.');
    return { operation, input: {} };
  },
  encode(operation, output, requestId) {
    const members = Object.entries(output as object).map(([name, value]) => element(name, escaped(String(value))));
    const result = element(`${operation}Result`, members.join(''));
    const body = `<${operation}Response xmlns="${namespace}">${result}${element('ResponseMetadata', element('RequestId', escaped(requestId)))}</${operation}Response>`;
    return { status: 200, headers: headersOf(requestId), body };
  },
  encodeError({ code, message, status }, requestId) {
    const fault = ['Type', 'Code', 'Message'].map((name, at) =>
      element(name, escaped([status < 500 ? 'Sender' : 'Receiver', code, message][at]!)),
    );
    const body = `<ErrorResponse xmlns="${namespace}">${element('Error', fault.join(''))}${element('RequestId', escaped(requestId))}</ErrorResponse>`;
    return { status, headers: headersOf(requestId), body };
  },
};

const element = (name: string, inner: string): string => `<${name}>${inner}</${name}>`;
const escaped = (text: string): string => text.replace(/[&<>"\r]/g, (char) => `&#${char.charCodeAt(0)};`);
const headersOf = (requestId: string): Record<string, string> => ({ 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
