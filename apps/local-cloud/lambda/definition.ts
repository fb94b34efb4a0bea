/** A function as its template declares it. A property that would change how it runs, and that is not honoured here, is refused by name. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { computesHeavily } from '../../../shared/contracts/names/index.ts';
import { type CloudHost, type DeclaredResource, notEmulated } from '../service.ts';

export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Where the unpacked bundle lies. */
  readonly codeDirectory: string;
  /** `<module>.<export>`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly description: string;
  readonly architecture: string;
  readonly logGroupName: string;
  readonly deadLetterArn: string | undefined;
  /** By X-Ray, on AWS; here nothing is traced. */
  readonly isTraced: boolean;
  /** Run on a worker thread, where the cloud has any. */
  readonly computesHeavily: boolean;
  /** Concurrent invocations at most; `undefined` for no limit of its own. */
  readonly reservedConcurrency: number | undefined;
}

const RUNTIME = 'nodejs24.x';

const honoured = new Set([
  'Architectures',
  'Code',
  'DeadLetterConfig',
  'Description',
  'Environment',
  'EphemeralStorage',
  'FunctionName',
  'Handler',
  'KmsKeyArn',
  'Layers',
  'LoggingConfig',
  'MemorySize',
  'PackageType',
  'RecursiveLoop',
  'ReservedConcurrentExecutions',
  'Role',
  'Runtime',
  'RuntimeManagementConfig',
  'Tags',
  'Timeout',
  'TracingConfig',
]);

export function readFunction(host: CloudHost, { stack, logicalId, properties, metadata }: DeclaredResource): FunctionDefinition {
  const place = `${stack}/${logicalId}`;
  const unknown = Object.keys(properties).find((property) => !honoured.has(property));
  if (unknown !== undefined) throw notEmulated('Lambda', `function property ${unknown} (${place})`);
  if (properties.Runtime !== RUNTIME)
    throw notEmulated('Lambda', `runtime ${String(properties.Runtime)} (${place}): functions run on ${RUNTIME}`);

  const name = (properties.FunctionName as string | undefined) ?? `${stack}-${logicalId}`.slice(0, 64);
  const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
  const logging = properties.LoggingConfig as { LogGroup?: string } | undefined;
  return {
    name,
    arn: `arn:aws:lambda:${host.region}:${host.accountId}:function:${name}`,
    roleArn: properties.Role as string,
    codeDirectory: codeDirectory(host, properties.Code as Code, metadata, place),
    handler: properties.Handler as string,
    environment: Object.fromEntries(Object.entries(Variables).map(([key, value]) => [key, String(value)])),
    timeoutMs: Number(properties.Timeout ?? 3) * 1000,
    memoryMb: Number(properties.MemorySize ?? 128),
    description: (properties.Description as string | undefined) ?? '',
    architecture: ((properties.Architectures as string[] | undefined) ?? ['x86_64'])[0]!,
    logGroupName: logging?.LogGroup ?? `/aws/lambda/${name}`,
    isTraced: (properties.TracingConfig as { Mode?: string } | undefined)?.Mode === 'Active',
    deadLetterArn: (properties.DeadLetterConfig as { TargetArn?: string } | undefined)?.TargetArn,
    computesHeavily: metadata[computesHeavily] === true,
    reservedConcurrency:
      properties.ReservedConcurrentExecutions === undefined ? undefined : Number(properties.ReservedConcurrentExecutions),
  };
}

interface Code {
  readonly S3Key?: string;
}

/** The assembly holds the bundle unpacked; S3 would hold the same as a zip named by its hash. */
function codeDirectory(host: CloudHost, code: Code, metadata: Readonly<Record<string, unknown>>, place: string): string {
  if (code.S3Key === undefined) throw notEmulated('Lambda', `code that is no asset (${place})`);
  const path = (metadata['aws:asset:path'] as string | undefined) ?? `asset.${code.S3Key.replace(/\.zip$/, '')}`;
  const directory = resolve(host.assemblyDirectory, path);
  if (!existsSync(directory) || directory.endsWith('.zip'))
    throw notEmulated('Lambda', `code at ${path}, which is no folder of the assembly (${place})`);
  return directory;
}
