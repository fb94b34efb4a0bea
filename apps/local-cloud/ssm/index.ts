/**
 * Parameter Store of SSM: parameters with versions, declared by templates or put by calls. Labels, policies, history and
 * the rest of Systems Manager are refused by name.
 */
import { contentHash } from '../../../shared/kernel/canonical-json.ts';
import { type AwsService, type CallContext, type CloudHost, type DeclaredResource, notEmulated, type ResourceHandle } from '../service.ts';
import { jsonProtocol } from '../wire/json.ts';
import {
  assertValue,
  deleteParameter,
  getParameter,
  getParameters,
  getParametersByPath,
  putParameter,
  readType,
  type Ssm,
} from './operations.ts';
import { ParameterStore } from './parameter-store.ts';

const operations = {
  GetParameter: getParameter,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  PutParameter: putParameter,
  DeleteParameter: deleteParameter,
} as const satisfies Record<string, (ssm: Ssm, input: never, context: CallContext) => unknown>;

export function createSsm(host: CloudHost): AwsService {
  const store = new ParameterStore(host);
  const ssm: Ssm = { host, store };
  return {
    name: 'ssm',
    wire: jsonProtocol({ version: '1.1', targetPrefix: 'AmazonSSM' }),
    resourceTypes: ['AWS::SSM::Parameter'],
    declare: (resource) => declareParameter(ssm, resource),
    execute(operation, input, context) {
      if (!Object.hasOwn(operations, operation)) throw notEmulated('ssm', operation);
      const run = operations[operation as keyof typeof operations] as (ssm: Ssm, input: never, context: CallContext) => unknown;
      return run(ssm, input, context);
    },
    close: () => store.close(),
  };
}

const PROPERTIES = new Set(['Name', 'Type', 'Value', 'Description', 'AllowedPattern', 'DataType', 'Tier', 'Tags']);

/** As CloudFormation does, a value put since stays until the template itself changes. */
function declareParameter({ host, store }: Ssm, { stack, logicalId, properties }: DeclaredResource): ResourceHandle {
  for (const property of Object.keys(properties))
    if (!PROPERTIES.has(property)) throw notEmulated('ssm', `parameter property ${property} (${stack}/${logicalId})`);
  const { Name, Type, Value, AllowedPattern, DataType = 'text', Tier = 'Standard' } = properties;
  const name = Name === undefined ? `CFN-${logicalId}-${contentHash(`${stack} ${logicalId}`).slice(0, 12)}` : String(Name);
  const type = readType(Type === undefined ? undefined : String(Type));
  if (type === 'SecureString') throw notEmulated('ssm', `a SecureString in a template, as CloudFormation does not (${stack}/${logicalId})`);
  if (Tier !== 'Standard' && Tier !== 'Advanced') throw notEmulated('ssm', `Tier ${String(Tier)}`);
  assertValue(name, String(Value), Tier, AllowedPattern === undefined ? undefined : String(AllowedPattern));
  const declaredAs = contentHash({ type, value: String(Value) });
  if (store.latestDeclaration(name) !== declaredAs)
    store.put({ name, type, changedAt: host.clock.now(), dataType: String(DataType), declaredAs }, String(Value));
  return { ref: name, attributes: { Type: type, Value: store.valueOf(store.latest(name)!) } };
}
