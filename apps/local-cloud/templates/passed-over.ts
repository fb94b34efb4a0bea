/**
 * Resource types that the local cloud accepts without bringing anything up, each with the reason why that changes
 * nothing a cycle does. Every other type without an emulator is refused by name.
 */
import type { DeclaredResource, ResourceHandle } from '../service.ts';
import type { Environment } from './assembly.ts';

export const passedOverTypes: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'says which CDK made the template',
  'AWS::Logs::LogGroup': 'log lines go to the host',
  'AWS::Logs::ResourcePolicy': 'log lines go to the host',
  'AWS::Logs::MetricFilter': 'there are no metrics here',
  'AWS::CloudWatch::Alarm': 'there are no metrics here to raise it',
  'AWS::CloudWatch::CompositeAlarm': 'there are no metrics here to raise it',
  'AWS::CloudWatch::Dashboard': 'there are no metrics here to show',
  'AWS::XRay::Group': 'there are no traces here',
  'AWS::Budgets::Budget': 'nothing here costs money',
  'AWS::Glue::Database': 'Athena reads the lake on AWS only',
  'AWS::Glue::Table': 'Athena reads the lake on AWS only',
  'AWS::Glue::Crawler': 'Athena reads the lake on AWS only',
  'AWS::Glue::DataCatalogEncryptionSettings': 'Athena reads the lake on AWS only',
  'AWS::Athena::WorkGroup': 'Athena reads the lake on AWS only',
  'AWS::Athena::NamedQuery': 'Athena reads the lake on AWS only',
};

/** What `Ref` and `Fn::GetAtt` give for a type that is passed over. */
export function passedOverHandle(
  { stack, logicalId, type, properties }: DeclaredResource,
  { region, accountId }: Environment,
): ResourceHandle {
  const name = String(
    properties.LogGroupName ?? properties.AlarmName ?? properties.Name ?? properties.DashboardName ?? `${stack}-${logicalId}`,
  );
  if (type === 'AWS::Logs::LogGroup') return { ref: name, attributes: { Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*` } };
  if (type.startsWith('AWS::CloudWatch::'))
    return { ref: name, attributes: { Arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}` } };
  return { ref: name, attributes: {} };
}
