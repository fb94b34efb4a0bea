/** Which services take on which roles, as the templates say: at boot each role must trust the service that will use it. */
import type { Declared } from '../templates/declare.ts';
import type { Iam } from './index.ts';

/** @throws AwsError AccessDeniedException naming the first role that does not trust its user. */
export function assertTrust(iam: Iam, declared: readonly Declared[]): void {
  for (const resource of declared) {
    for (const { roleArn, service, sourceArn } of usesOf(resource)) iam.assertAssumable(roleArn, service, sourceArn);
  }
}

interface RoleUse {
  readonly roleArn: string;
  readonly service: string;
  readonly sourceArn: string;
}

function usesOf({ resource: { type, properties }, handle }: Declared): RoleUse[] {
  const use = (roleArn: unknown, service: string, sourceArn = handle.attributes.Arn ?? handle.ref): RoleUse[] =>
    typeof roleArn === 'string' ? [{ roleArn, service: `${service}.amazonaws.com`, sourceArn }] : [];
  switch (type) {
    case 'AWS::Lambda::Function':
      return use(properties.Role, 'lambda');
    case 'AWS::StepFunctions::StateMachine':
      return use(properties.RoleArn, 'states', handle.ref);
    case 'AWS::Scheduler::Schedule':
      return use((properties.Target as { RoleArn?: string }).RoleArn, 'scheduler', scheduleGroupArn(handle.attributes.Arn ?? ''));
    case 'AWS::KinesisFirehose::DeliveryStream': {
      const { RoleARN } = (properties.ExtendedS3DestinationConfiguration ?? {}) as { RoleARN?: string };
      return use(RoleARN, 'firehose');
    }
    case 'AWS::Events::Rule':
      return ((properties.Targets ?? []) as { RoleArn?: string }[]).flatMap(({ RoleArn }) => use(RoleArn, 'events'));
    default:
      return [];
  }
}

/** Scheduler assumes a role on behalf of the group: `schedule/<group>/<name>` becomes `schedule-group/<group>`. */
const scheduleGroupArn = (scheduleArn: string): string => scheduleArn.replace(/:schedule\/([^/]+)\/.*$/, ':schedule-group/$1');
