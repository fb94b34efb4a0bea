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
  'AWS::Glue::Crawler': 'Athena is on AWS only: here DuckDB answers',
  'AWS::Glue::DataCatalogEncryptionSettings': 'Athena is on AWS only: here DuckDB answers',
  'AWS::Athena::WorkGroup': 'Athena is on AWS only: here DuckDB answers',
  'AWS::Athena::NamedQuery': 'Athena is on AWS only: here DuckDB answers',
  'AWS::EventSchemas::Registry': 'nothing here reads the registry: events are held against the schemas themselves',
  'AWS::EventSchemas::Schema': 'nothing here reads the registry: events are held against the schemas themselves',
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
