/**
 * The AWS query protocol: a form in, XML out. Form names spell a path, where `member.N` counts a list's elements and
 * `entry.N` a map's; the map's parts are called key and value, or Name and Value.
 */
import { Buffer } from 'node:buffer';
import { AwsError, type WireProtocol } from '../service.ts';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';
const booleans = new Set(['ReturnSubscriptionArn']);

export const snsWire: WireProtocol = {
  decode({ body }) {
    const form = new URLSearchParams(Buffer.from(body).toString('utf8'));
    const operation = form.get('Action');
    if (!operation) throw new AwsError('MissingAction', 'The request has no Action.');
    const root: Tree = {};
    for (const [name, value] of form) if (name !== 'Action' && name !== 'Version') plant(root, name.split('.'), value);
    return { operation, input: harvest(root, '') as object };
  },
  encode(operation, output, requestId) {
    const result = Object.keys(output ?? {}).length > 0 ? element(`${operation}Result`, members(output as object)) : '';
    const body = `<${operation}Response xmlns="${NAMESPACE}">${result}${element('ResponseMetadata', element('RequestId', escaped(requestId)))}</${operation}Response>`;
    return { status: 200, headers: headersOf(requestId), body };
  },
  encodeError(error, requestId) {
    // The code SNS gives where IAM says no; its SDK knows no AccessDeniedException.
    const code = /^AccessDenied/.test(error.code) ? 'AuthorizationError' : error.code;
    const status = code === 'AuthorizationError' ? 403 : error.status;
    const fault =
      element('Type', status < 500 ? 'Sender' : 'Receiver') + element('Code', escaped(code)) + element('Message', escaped(error.message));
    const body = `<ErrorResponse xmlns="${NAMESPACE}">${element('Error', fault)}${element('RequestId', escaped(requestId))}</ErrorResponse>`;
    return { status, headers: headersOf(requestId), body };
  },
};

interface Tree {
  [step: string]: Tree | string;
}

function plant(tree: Tree, [step = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    tree[step] = value;
    return;
  }
  const existing = tree[step];
  const below = typeof existing === 'object' ? existing : {};
  tree[step] = below;
  plant(below, rest, value);
}

function harvest(tree: Tree | string, name: string): unknown {
  if (typeof tree === 'string') {
    if (name === 'BinaryValue') return new Uint8Array(Buffer.from(tree, 'base64'));
    return booleans.has(name) ? tree === 'true' : tree;
  }
  const { member, entry } = tree;
  if (typeof member === 'object') return numbered(member).map((each) => harvest(each, ''));
  if (typeof entry === 'object') return Object.fromEntries(numbered(entry).map((each) => mapEntry(each)));
  return Object.fromEntries(Object.entries(tree).map(([key, below]) => [key, harvest(below, key)]));
}

const numbered = (tree: Tree): (Tree | string)[] =>
  Object.entries(tree)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, below]) => below);

function mapEntry(entry: Tree | string): [string, unknown] {
  if (typeof entry === 'string') throw new AwsError('MalformedInput', 'A map entry has a key and a value.');
  return [String(entry.key ?? entry.Name), harvest(entry.value ?? entry.Value ?? '', '')];
}

/** Maps of text come out as entries, which of the operations here only attributes are. */
function members(value: object): string {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => element(name, name === 'Attributes' ? entries(member as Record<string, unknown>) : content(member)))
    .join('');
}

function content(value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => element('member', content(each))).join('');
  return typeof value === 'object' && value !== null ? members(value) : escaped(String(value));
}

const entries = (map: Record<string, unknown>): string =>
  Object.entries(map)
    .map(([key, value]) => element('entry', element('key', escaped(key)) + element('value', escaped(String(value)))))
    .join('');

const element = (name: string, inner: string): string => `<${name}>${inner}</${name}>`;

const escaped = (text: string): string => text.replace(/[&<>"\r]/g, (char) => `&#${char.charCodeAt(0)};`);

const headersOf = (requestId: string): Record<string, string> => ({ 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
