/** docs/reference/functions.md: every function, what it is for, what calls it and what it may touch. */
import { isObject, type Resource } from '../../test/infra/support/templates.ts';
import { type Deployed, table } from './deployed.ts';

/** What every function may do; said once at the top. */
const common = ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords'];

export function functionsPage(deployed: Deployed): string {
  const sections = [...deployed.functions()].map(([name, fn]) => section(deployed, name, fn));
  return `# Functions

Every function runs on arm64 and Node 24, is traced, and may write to its own log group, to the dead-letter queue and its traces. What it may do
beside that is listed with it; \`name/*\` behind a bucket stands for the objects under that prefix. Names are without \`ballast-<stage>-\`.

${sections.join('\n\n')}`;
}

function section(deployed: Deployed, name: string, fn: Resource): string {
  const variables = fn.at('Environment.Variables');
  const own = Object.keys(isObject(variables) ? variables : {}).filter(
    (variable) => !/^(NODE_OPTIONS|POWERTOOLS_.*|BALLAST_STAGE)$/.test(variable),
  );
  const role = deployed.templates.named(fn.text('Role'));
  const sharing = [...deployed.functions()]
    .filter(([other, one]) => other !== name && deployed.templates.named(one.text('Role')).name === role.name)
    .map(([other]) => other);
  const grants = grantsOf(deployed, role.name);
  const purpose = deployed.purposeOf(name);
  return [
    `## ${name}`,
    '',
    purpose,
    '',
    `- Called by: ${deployed.callersOf(fn).join('; ') || commandIn(purpose)}`,
    `- At most ${fn.text('Timeout')} s with ${fn.text('MemorySize')} MB`,
    `- Environment: ${
      own
        .sort()
        .map((variable) => `[\`${variable}\`](environment.md)`)
        .join(', ') || 'none of its own'
    }`,
    ...(sharing.length > 0 ? [`- Shares its role with ${sharing.join(', ')}`] : []),
    '',
    grants.length > 0 ? table(['may', 'on'], grants) : 'It may touch nothing else.',
  ].join('\n');
}

/** What a person calls is called by nothing that is deployed; its head comment says by which command. */
function commandIn(purpose: string): string {
  const command = /^Called by `(ballast [a-z ]+)`/.exec(purpose)?.[1];
  return command === undefined ? 'nothing' : `command \`${command}\``;
}

/** By action, with everything it may be done to. */
function grantsOf(deployed: Deployed, role: string): [string, string][] {
  const allowed = new Map<string, Set<string>>();
  for (const { holder, kind, effect, actions, resources } of deployed.statements) {
    if (holder !== role || kind !== 'identity' || effect !== 'Allow') continue;
    for (const action of actions.filter((one) => !common.includes(one))) {
      const on = allowed.get(action) ?? new Set();
      for (const resource of resources) on.add(resource === '*' ? 'everything: it takes no resource' : deployed.say(resource));
      allowed.set(action, on);
    }
  }
  return [...allowed].map(([action, on]): [string, string] => [action, [...on].sort().join(', ')]).sort(([a], [b]) => (a < b ? -1 : 1));
}
