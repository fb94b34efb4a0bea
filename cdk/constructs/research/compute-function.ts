/**
 * A function that computes for minutes: one vCPU, which Lambda gives at 1,769 MB, and a quarter of an hour. Its template says so, whereby the local
 * cloud runs it on a worker thread.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { computesHeavily } from '../../../shared/contracts/names/index.ts';
import { functionBundle } from '../function-bundles.ts';
import { PlatformFunction, type PlatformFunctionProps } from '../platform-function.ts';

/** Source: Lambda developer guide, "Configure Lambda function memory": one full vCPU. */
const oneCpuMemoryMb = 1769;

export class ComputeFunction extends PlatformFunction {
  /** Of the bundle: what it computes is computed anew when this changes. */
  readonly codeSha256: string;

  constructor(scope: Construct, id: string, name: string, props: Omit<PlatformFunctionProps, 'timeout' | 'memoryMb'>) {
    super(scope, id, name, { ...props, timeout: Duration.minutes(15), memoryMb: oneCpuMemoryMb });
    (this.lambda.node.defaultChild as CfnFunction).addMetadata(computesHeavily, true);
    const bundle = readFileSync(join(functionBundle(name), 'index.mjs'));
    this.codeSha256 = createHash('sha256').update(bundle).digest('hex');
  }
}
