/** The operations on parameters. */
import type {
  DeleteParameterRequest,
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter as ParameterAnswer,
  PutParameterRequest,
  PutParameterResult,
} from '@aws-sdk/client-ssm';
import { AwsError, type CallContext, type CloudHost, notEmulated } from '../service.ts';
import type { Parameter, ParameterStore, ParameterType } from './parameter-store.ts';

export interface Ssm {
  readonly host: CloudHost;
  readonly store: ParameterStore;
}

const TYPES: readonly string[] = ['String', 'StringList', 'SecureString'];
const MAX_VALUE_BYTES = { Standard: 4096, Advanced: 8192 } as const;

export function getParameter(ssm: Ssm, input: GetParameterRequest, context: CallContext): GetParameterResult {
  const name = nameOf(input.Name);
  context.authorize({ action: 'ssm:GetParameter', resource: arnOf(ssm.host, name) });
  const parameter = find(ssm, input.Name ?? '');
  if (!parameter) throw notFound();
  return { Parameter: describe(ssm, parameter, input.WithDecryption === true, context, selectorOf(input.Name)) };
}

export function getParameters(ssm: Ssm, input: GetParametersRequest, context: CallContext): GetParametersResult {
  const names = input.Names ?? [];
  if (names.length === 0 || names.length > 10)
    throw new AwsError('ValidationException', "Value at 'names' failed to satisfy constraint: Member must have length between 1 and 10");
  for (const name of names) context.authorize({ action: 'ssm:GetParameters', resource: arnOf(ssm.host, nameOf(name)) });
  const Parameters: ParameterAnswer[] = [];
  const InvalidParameters: string[] = [];
  for (const name of names) {
    const parameter = find(ssm, name);
    if (parameter) Parameters.push(describe(ssm, parameter, input.WithDecryption === true, context, selectorOf(name)));
    else InvalidParameters.push(name);
  }
  return { Parameters, InvalidParameters };
}

export function getParametersByPath(ssm: Ssm, input: GetParametersByPathRequest, context: CallContext): GetParametersByPathResult {
  const { Path: path = '', Recursive: isRecursive = false, MaxResults: limit = 10, NextToken: token = '0' } = input;
  if (!path.startsWith('/'))
    throw new AwsError(
      'ValidationException',
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
    );
  if (input.ParameterFilters !== undefined) throw notEmulated('ssm', 'GetParametersByPath with filters');
  if (limit < 1 || limit > 10) throw new AwsError('ValidationException', "Value at 'maxResults' must be between 1 and 10");
  if (!/^\d+$/.test(token)) throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  context.authorize({
    action: 'ssm:GetParametersByPath',
    resource: arnOf(ssm.host, path.replace(/\/+$/, '')),
    conditions: { 'ssm:Recursive': String(isRecursive) },
  });
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const found = ssm.store.all().filter(({ name }) => name.startsWith(prefix) && (isRecursive || !name.slice(prefix.length).includes('/')));
  const end = Number(token) + limit;
  return {
    Parameters: found.slice(Number(token), end).map((parameter) => describe(ssm, parameter, input.WithDecryption === true, context)),
    ...(end < found.length && { NextToken: String(end) }),
  };
}

export function putParameter(ssm: Ssm, input: PutParameterRequest, context: CallContext): PutParameterResult {
  const { host, store } = ssm;
  const { Name: name = '', Value: value = '', Type, Overwrite: overwrites = false, KeyId: keyId } = input;
  context.authorize({ action: 'ssm:PutParameter', resource: arnOf(host, name), conditions: { 'ssm:Overwrite': String(overwrites) } });
  if (input.Policies !== undefined) throw notEmulated('ssm', 'parameter policies');
  if (input.Tier === 'Intelligent-Tiering') throw notEmulated('ssm', 'Intelligent-Tiering');
  const existing = store.latest(name);
  if (existing && !overwrites) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const type = readType(Type ?? existing?.type);
  assertValue(name, value, input.Tier ?? 'Standard', input.AllowedPattern);
  const key = keyId ?? existing?.keyId;
  if (type === 'SecureString') authorizeKey(host, context, key, 'kms:Encrypt', name);
  const { version } = store.put(
    { name, type, changedAt: host.clock.now(), dataType: input.DataType ?? 'text', ...(key !== undefined && { keyId: key }) },
    value,
  );
  return { Version: version, Tier: input.Tier ?? 'Standard' };
}

export function deleteParameter({ host, store }: Ssm, input: DeleteParameterRequest, context: CallContext): object {
  const name = input.Name ?? '';
  context.authorize({ action: 'ssm:DeleteParameter', resource: arnOf(host, name) });
  if (!store.latest(name)) throw notFound();
  store.remove(name);
  return {};
}

/** @throws AwsError ValidationException or ParameterPatternMismatchException */
export function assertValue(name: string, value: string, tier: keyof typeof MAX_VALUE_BYTES, pattern: string | undefined): void {
  if (!/^[\w./-]{1,1011}$/.test(name) || /^\/?(aws|ssm)/i.test(name)) {
    throw new AwsError(
      'ValidationException',
      `Parameter name "${name}" is not valid: letters, digits and ".-_/", not beginning with aws or ssm.`,
    );
  }
  if (value === '' || Buffer.byteLength(value) > MAX_VALUE_BYTES[tier]) {
    throw new AwsError('ValidationException', `${tier} tier parameters support a value of 1 to ${MAX_VALUE_BYTES[tier]} characters.`);
  }
  if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    throw new AwsError('ParameterPatternMismatchException', `Parameter value, cannot be validated against allowedPattern: ${pattern}`);
  }
}

export function readType(type: string | undefined): ParameterType {
  if (type === undefined) throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
  if (!TYPES.includes(type)) throw new AwsError('UnsupportedParameterType', `The parameter type "${type}" is not supported.`);
  return type as ParameterType;
}

/** A path parameter's name brings its own slash. */
export const arnOf = ({ region, accountId }: CloudHost, name: string): string =>
  `arn:aws:ssm:${region}:${accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`;

/** A request may name a parameter by ARN, and may add `:version`. */
function nameOf(requested: string | undefined): string {
  const name = (requested ?? '').replace(/^arn:aws:ssm:[^:]*:[^:]*:parameter(?=\/)/, '');
  return name.split(':')[0]!;
}

const selectorOf = (requested: string | undefined): string | undefined => {
  const match = /[^:]:([\w.-]+)$/.exec((requested ?? '').replace(/^arn:aws:ssm:[^:]*:[^:]*:/, ''));
  return match ? `:${match[1]}` : undefined;
};

function find({ store }: Ssm, requested: string): Parameter | undefined {
  const name = nameOf(requested);
  // In an ARN a plain name has a slash before it that is not part of it.
  const latest = store.latest(name) ?? (requested.startsWith('arn:') ? store.latest(name.slice(1)) : undefined);
  const selector = selectorOf(requested)?.slice(1);
  if (!latest || selector === undefined) return latest;
  if (!/^\d+$/.test(selector)) throw notEmulated('ssm', 'parameter labels');
  const version = store.version(latest.name, Number(selector));
  if (!version) throw new AwsError('ParameterVersionNotFound', `Systems Manager could not find version ${selector} of ${latest.name}.`);
  return version;
}

/** Without decryption a SecureString shows its ciphertext, as AWS does. */
function describe(ssm: Ssm, parameter: Parameter, decrypts: boolean, context: CallContext, selector?: string): ParameterAnswer {
  const isSecure = parameter.type === 'SecureString';
  if (isSecure && decrypts) authorizeKey(ssm.host, context, parameter.keyId, 'kms:Decrypt', parameter.name);
  return {
    Name: parameter.name,
    Type: parameter.type,
    Value: isSecure && !decrypts ? parameter.stored : ssm.store.valueOf(parameter),
    Version: parameter.version,
    ...(selector !== undefined && { Selector: selector }),
    LastModifiedDate: new Date(parameter.changedAt),
    ARN: arnOf(ssm.host, parameter.name),
    DataType: parameter.dataType,
  };
}

function authorizeKey(
  host: CloudHost,
  context: CallContext,
  keyId: string | undefined,
  action: 'kms:Encrypt' | 'kms:Decrypt',
  name: string,
): void {
  if (keyId === undefined || keyId === 'alias/aws/ssm') return;
  const local = keyId.startsWith('alias/') ? keyId : `key/${keyId}`;
  context.authorize({
    action,
    resource: keyId.startsWith('arn:') ? keyId : `arn:aws:kms:${host.region}:${host.accountId}:${local}`,
    conditions: { 'kms:ViaService': `ssm.${host.region}.amazonaws.com`, 'kms:EncryptionContext:PARAMETER_ARN': arnOf(host, name) },
  });
}

const notFound = (): AwsError => new AwsError('ParameterNotFound', '');
