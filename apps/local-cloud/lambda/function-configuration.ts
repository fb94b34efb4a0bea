/** A function as GetFunctionConfiguration and ListFunctions show it. */
import type { FunctionDefinition } from './definition.ts';

export function functionConfiguration(definition: FunctionDefinition, version: string, arn: string): object {
  return {
    FunctionName: definition.name,
    FunctionArn: arn,
    Runtime: 'nodejs24.x',
    Role: definition.roleArn,
    Handler: definition.handler,
    Description: definition.description,
    Timeout: definition.timeoutMs / 1000,
    MemorySize: definition.memoryMb,
    Version: version,
    Environment: { Variables: definition.environment },
    Architectures: [definition.architecture],
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    LoggingConfig: { LogFormat: 'Text', LogGroup: definition.logGroupName },
    ...(definition.deadLetterArn !== undefined && { DeadLetterConfig: { TargetArn: definition.deadLetterArn } }),
  };
}
