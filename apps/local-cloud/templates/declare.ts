/** Brings up every resource of every stack, in an order in which each finds what it refers to. */
import { AwsError, type DeclaredResource, notEmulated, type ResourceHandle } from '../service.ts';
import { type Environment, readAssembly, type Stack } from './assembly.ts';
import { conditionHolds, resolve, type Scope } from './intrinsics.ts';
import { declarationOrder } from './order.ts';
import { passedOverHandle, passedOverTypes } from './passed-over.ts';

/** Declares one kind of resource: a service, or IAM. */
export interface Declarer {
  readonly resourceTypes: readonly string[];
  declare(resource: DeclaredResource): ResourceHandle | Promise<ResourceHandle>;
}

/** What came up, with what it is called. */
export interface Declared {
  readonly resource: DeclaredResource;
  readonly handle: ResourceHandle;
}

/** @throws AwsError NotEmulated for a type, property or intrinsic that nobody here owns, naming stack and logical id. */
export async function declareAssembly(directory: string, environment: Environment, declarers: readonly Declarer[]): Promise<Declared[]> {
  const owners = new Map<string, Declarer>();
  for (const declarer of declarers) for (const type of declarer.resourceTypes) owners.set(type, declarer);

  const exports = new Map<string, unknown>();
  const declared: Declared[] = [];
  for (const stack of readAssembly(directory, environment)) declared.push(...(await declareStack(stack, environment, owners, exports)));
  return declared;
}

async function declareStack(
  { name: stack, template }: Stack,
  environment: Environment,
  owners: ReadonlyMap<string, Declarer>,
  exports: Map<string, unknown>,
): Promise<Declared[]> {
  const handles = new Map<string, ResourceHandle>();
  const scope: Scope = { stack, template, environment, handles, exports };
  const resources = template.Resources ?? {};
  const declared: Declared[] = [];
  for (const logicalId of declarationOrder(resources)) {
    const { Type: type, Properties = {}, Metadata = {}, Condition } = resources[logicalId]!;
    if (Condition !== undefined && !conditionHolds(Condition, scope, logicalId)) continue;
    const owner = owners.get(type);
    if (!owner && !Object.hasOwn(passedOverTypes, type))
      throw notEmulated('CloudFormation', `resource type ${type} (${stack}/${logicalId})`);

    // What is passed over may hold anything: only its name matters.
    const properties = resolve(owner ? Properties : namesOnly(Properties), scope, logicalId) as Record<string, unknown>;
    const resource: DeclaredResource = { stack, logicalId, type, properties, metadata: Metadata };
    const handle = owner ? await declareBy(owner, resource) : passedOverHandle(resource, environment);
    handles.set(logicalId, handle);
    declared.push({ resource, handle });
  }
  for (const output of Object.values(template.Outputs ?? {})) {
    if (!output.Export || (output.Condition !== undefined && !conditionHolds(output.Condition, scope, 'Outputs'))) continue;
    exports.set(resolve(output.Export.Name, scope, 'Outputs') as string, resolve(output.Value, scope, 'Outputs'));
  }
  return declared;
}

/** An owner's refusal says what it cannot do; here it also learns which resource of which stack asked. */
async function declareBy(owner: Declarer, resource: DeclaredResource): Promise<ResourceHandle> {
  try {
    return await owner.declare(resource);
  } catch (error) {
    const place = `${resource.stack}/${resource.logicalId}`;
    if (!(error instanceof AwsError) || error.message.includes(place)) throw error;
    throw new AwsError(error.code, `${place}: ${error.message}`, error.status, error.members);
  }
}

const NAME_PROPERTIES = ['LogGroupName', 'AlarmName', 'Name', 'DashboardName'];

const namesOnly = (properties: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => NAME_PROPERTIES.includes(key)));
