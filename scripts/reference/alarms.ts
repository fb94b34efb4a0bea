/** docs/reference/alarms.md: every alarm, when it is raised and where its cure stands. */
import { isObject, type Resource } from '../../test/infra/support/templates.ts';
import { type Deployed, table } from './deployed.ts';

export function alarmsPage(deployed: Deployed): string {
  const rows = deployed.templates.all('AWS::CloudWatch::Alarm').map((alarm) => {
    const [says = '', section = ''] = alarm.text('AlarmDescription').split(' Runbook: docs/runbook.md#');
    return [`[${section}](../runbook.md#${section})`, says, raisedWhen(alarm)];
  });
  return `# Alarms

Each is told to the topic \`ballast-<stage>-alerts\`, when it is raised and when it ends.

${table(
  ['alarm and its cure', 'what happened', 'raised when'],
  rows.sort(([a], [b]) => (a! < b! ? -1 : 1)),
)}`;
}

function raisedWhen(alarm: Resource): string {
  const comparison = alarm.at('ComparisonOperator') === 'LessThanThreshold' ? 'below' : 'at least';
  const parts = alarm.list('Metrics').filter(isObject);
  const expression = parts.find(({ Expression }) => Expression !== undefined)?.Expression;
  const stats = parts.map(({ MetricStat }) => MetricStat).filter(isObject);
  const measured =
    expression === undefined ? `\`${alarm.text('MetricName')}\` (${alarm.text('Statistic').toLowerCase()})` : `\`${String(expression)}\``;
  const seconds = Number(alarm.at('Period') ?? stats[0]?.Period);
  const periods = Number(alarm.at('EvaluationPeriods'));
  return `${measured} is ${comparison} ${alarm.text('Threshold')} ${periods === 1 ? `within ${span(seconds)}` : `in ${periods} periods of ${span(seconds)} running`}`;
}

function span(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? 'an hour' : `${seconds / 3600} hours`;
  return seconds === 60 ? 'a minute' : `${seconds / 60} minutes`;
}
