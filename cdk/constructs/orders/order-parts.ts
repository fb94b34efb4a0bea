/** What every construct that touches orders is given: all of them live in one stack, around the one role that may read the broker's keys. */
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { AuditStack } from '../../stacks/audit-stack.ts';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { EventsStack } from '../../stacks/events-stack.ts';
import type { Stage } from '../../stage.ts';

export interface OrderParts {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
  readonly audit: AuditStack;
  readonly orderRole: Role;
}
