/** Alarms and their cures: what is raised is explained, and what is explained is raised. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { devAssembly, projectRoot } from './support/assembly.ts';
import { allowing, statementsOf } from './support/statements.ts';
import type { Resource, Templates } from './support/templates.ts';

const runbook = sectionsOf(readFileSync(join(projectRoot, 'docs/runbook.md'), 'utf8'));

let templates: Templates;
let alarms: Resource[];

beforeAll(async () => {
  ({ templates } = await devAssembly());
  alarms = templates.all('AWS::CloudWatch::Alarm');
});

/** What an alarm's description says it is about, and where its cure stands. */
function described(alarm: Resource): { readonly says: string; readonly section: string } {
  const [, says = '', section = ''] = /^([A-Z].*\.) Runbook: docs\/runbook\.md#([a-z0-9-]+)$/.exec(alarm.text('AlarmDescription')) ?? [];
  return { says, section };
}

test('every alarm says in a sentence what happened and names a section of the runbook', () => {
  expect(alarms.filter((alarm) => described(alarm).says === '').map(({ name }) => name)).toEqual([]);
});

test('every alarm has its section, and every section under Alarms has its alarm', () => {
  expect(alarms.map((alarm) => described(alarm).section).sort()).toEqual(
    runbook
      .filter(({ part }) => part === 'Alarms')
      .map(({ anchor }) => anchor)
      .sort(),
  );
  expect(alarms.length).toBeGreaterThan(0);
});

test('no procedure is mistaken for the cure of an alarm', () => {
  const procedures = runbook.filter(({ part }) => part === 'Procedures').map(({ anchor }) => anchor);
  expect(procedures).toEqual([
    'first-deployment',
    'pause-by-hand',
    'resume',
    'resume-after-a-halt',
    'loosen-a-limit-with-two-persons',
    'put-a-legal-hold-on-the-audit-archive',
    'reconcile-by-hand',
    'answer-an-orderincident',
    'rotate-the-brokers-keys',
  ]);
  expect(new Set(runbook.map(({ anchor }) => anchor)).size).toBe(runbook.length);
});

describe.each(runbook.filter(({ part }) => part === 'Alarms'))('the section $anchor', ({ text }) => {
  test('says what happened, what it means for the money, how to look, how to resolve and when to escalate, in this order', () => {
    expect([...text.matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, label]) => label)).toEqual([
      'What happened',
      'What it means for the money',
      'How to look',
      'How to resolve',
      'When to escalate',
    ]);
  });

  test('gives at least one command to look with', () => {
    expect(text).toMatch(/```console\n\$ /);
  });
});

test('every link within the runbook leads to a section', () => {
  const anchors = new Set(runbook.map(({ anchor }) => anchor));
  const links = runbook.flatMap(({ text }) => [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link!));
  expect(links.filter((link) => !anchors.has(link))).toEqual([]);
  expect(links.length).toBeGreaterThan(0);
});

test('every name of ours in a command of the runbook is in the templates', () => {
  const physical = new Set(templates.all().flatMap((resource) => namesOf(resource)));
  const named = runbook.flatMap(({ text }) =>
    [...text.matchAll(/(?:\/aws\/lambda\/)?ballast-\$STAGE-[a-z0-9-]+/g)].map(([name]) => name.replace('$STAGE', 'dev')),
  );
  const known = (name: string): boolean =>
    [...physical].some((one) => one === name || one.startsWith(`${name}<`) || (name.endsWith('-') && one.startsWith(name)));
  expect([...new Set(named)].filter((name) => !known(name))).toEqual([]);
  expect(named.length).toBeGreaterThan(20);
});

test('every alarm tells the same topic, when it is raised and when it ends', () => {
  for (const alarm of alarms) {
    const [topic, ...others] = alarm.list('AlarmActions').map((action) => alarm.resolve(action));
    expect(others, alarm.name).toEqual([]);
    expect(templates.named(topic!).text('TopicName'), alarm.name).toBe('ballast-dev-alerts');
    expect(
      alarm.list('OKActions').map((action) => alarm.resolve(action)),
      alarm.name,
    ).toEqual([topic]);
  }
});

test('CloudWatch and EventBridge may publish to that topic, and use the key it is encrypted under', () => {
  const statements = statementsOf(templates);
  const publishers = allowing(statements, 'sns:Publish').flatMap(({ principals }) => principals);
  expect(publishers.sort()).toEqual(['cloudwatch.amazonaws.com', 'events.amazonaws.com']);
  for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) {
    const users = allowing(statements, action).flatMap(({ principals }) => principals);
    expect(users, action).toEqual(expect.arrayContaining(publishers));
  }
});

test('every machine is watched for every bad ending, and what a schedule starts for silence too', () => {
  const watched = alarms.flatMap((alarm) =>
    alarm.list('Metrics').flatMap((part) => {
      const metric = (part as { MetricStat?: { Metric: { MetricName: string; Dimensions?: readonly { Value: never }[] } } }).MetricStat
        ?.Metric;
      const machine = metric?.Dimensions?.[0] && alarm.resolve(metric.Dimensions[0].Value);
      return metric && machine ? [`${templates.named(machine).text('StateMachineName')} ${metric.MetricName}`] : [];
    }),
  );
  const badEndings = ['ExecutionsAborted', 'ExecutionsFailed', 'ExecutionsTimedOut'];
  const expected = templates.all('AWS::StepFunctions::StateMachine').flatMap((machine) => {
    const scheduled = ['ingest', 'reconcile', 'trading-cycle'].some((name) => machine.text('StateMachineName') === `ballast-dev-${name}`);
    return [...badEndings, ...(scheduled ? ['ExecutionsSucceeded'] : [])].map((ending) => `${machine.text('StateMachineName')} ${ending}`);
  });
  expect(watched.sort()).toEqual(expected.sort());
});

test('an alarm on silence takes missing data for silence, any other for peace', () => {
  for (const alarm of alarms) {
    const silence = alarm.at('ComparisonOperator') === 'LessThanThreshold';
    expect(alarm.at('TreatMissingData'), alarm.name).toBe(silence ? 'breaching' : 'notBreaching');
  }
});

test('the alarm on unread news counts the lines in which the function that reads says so', () => {
  const filter = templates.all('AWS::Logs::MetricFilter').find((one) => one.name.includes('NewsUnread'))!;
  expect(templates.named(filter.text('LogGroupName')).text('LogGroupName')).toBe('/aws/lambda/ballast-dev-trading-read-news');
  // A cycle of test/state-machines hears these words.
  expect(filter.text('FilterPattern')).toBe('{ $.message = "most-news-unread" }');
});

test('sections are read with their part and the anchor that GitHub gives them', () => {
  const text = "# Top\n## Alarms\n### Two words\nfirst\n```console\n### no heading\n```\n## Procedures\n### The broker's keys\nsecond";
  expect(sectionsOf(text).map(({ part, anchor }) => [part, anchor])).toEqual([
    ['Alarms', 'two-words'],
    ['Procedures', 'the-brokers-keys'],
  ]);
});

interface Section {
  readonly part: string;
  readonly anchor: string;
  readonly text: string;
}

/** Third-level headings, with the second-level heading they stand under. */
function sectionsOf(markdown: string): Section[] {
  const sections: { part: string; anchor: string; text: string }[] = [];
  let part = '';
  let fenced = false;
  for (const line of markdown.split('\n')) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    const [, marks = '', title = ''] = (fenced ? null : /^(#{2,3}) (.+)$/.exec(line)) ?? [];
    if (marks === '##') part = title;
    else if (marks === '###') sections.push({ part, anchor: anchorOf(title), text: '' });
    else if (sections.at(-1)?.part === part) sections.at(-1)!.text += `${line}\n`;
  }
  return sections;
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

const namesOf = (resource: Resource): string[] =>
  ['FunctionName', 'LogGroupName', 'TableName', 'BucketName', 'QueueName', 'TopicName', 'Name', 'StateMachineName', 'AliasName']
    .map((key) => resource.text(key).replace(/^alias\//, ''))
    .filter((name) => name !== '');
