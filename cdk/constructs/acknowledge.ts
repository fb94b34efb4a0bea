/** A cdk-nag finding that stays, with the reason it may and who owns that judgment. */
import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

export interface Acknowledgement {
  readonly id: string;
  /** A whole sentence, ending in "Owner: …". */
  readonly reason: string;
}

export function acknowledge(scope: IConstruct, ...findings: readonly Acknowledgement[]): void {
  for (const finding of findings) Validations.of(scope).acknowledge(finding);
}
