/**
 * Who may stop and resume trading by hand, and nothing else: reads and writes the control items of the policy table. The partition is bound
 * by `dynamodb:LeadingKeys`; that the key must be there at all is said beside it, because a condition over all of no values holds.
 * Assumed by people of this account, with a second factor.
 */
import { Duration } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { physicalName } from '../../../shared/contracts/names/index.ts';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { Stage } from '../../stage.ts';
import { inPartition } from '../role-grants.ts';

/** The partition of the policy table that control items lie in, as shared/contracts/control.ts has it. */
const controlPartition = 'control';

export interface OperatorRoleProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

export class OperatorRole extends Construct {
  constructor(scope: Construct, id: string, { stage, data }: OperatorRoleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      roleName: physicalName(stage.name, 'operator'),
      description: 'Stops and resumes trading: the control items of the policy table, and nothing else.',
      assumedBy: new AccountPrincipal(data.account).withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
      maxSessionDuration: Duration.hours(1),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'],
        resources: [data.policy.table.tableArn],
        conditions: inPartition(controlPartition),
      }),
    );
    // To use a table under the data key, a role must be able to decrypt the table's own key; nothing else is asked of the key in its name.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [data.key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${data.region}.amazonaws.com` } },
      }),
    );
  }
}
