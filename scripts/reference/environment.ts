/** docs/reference/environment.md: every environment variable, what it holds and who has it. */
import { isObject } from '../../test/infra/support/templates.ts';
import { type Deployed, table } from './deployed.ts';

const everywhere: Readonly<Record<string, string>> = {
  BALLAST_STAGE: 'dev, paper or live',
  NODE_OPTIONS: 'turns on source maps in stack traces',
  POWERTOOLS_LOG_LEVEL: 'the least level that is logged',
  POWERTOOLS_SERVICE_NAME: "the function's name in its log lines",
};

export function environmentPage(deployed: Deployed): string {
  const variables = new Map<string, { readonly holds: Set<string>; readonly functions: string[] }>();
  for (const [name, fn] of deployed.functions()) {
    const own = fn.at('Environment.Variables');
    for (const [variable, value] of Object.entries(isObject(own) ? own : {})) {
      const known = variables.get(variable) ?? { holds: new Set(), functions: [] };
      known.holds.add(deployed.say(fn.resolve(value)));
      known.functions.push(name);
      variables.set(variable, known);
    }
  }
  const names = [...variables.keys()].sort();
  const special = names.filter((name) => !(name in everywhere));
  return `# Environment variables

A grant and the variable that names what is granted come from one verb in the stack, so a function has no name of what it may not touch.
Nothing that changes what is traded is an environment variable: that is versioned policy.

${table(
  ['variable', 'holds the name or ARN of', 'functions'],
  special.map((name) => [`\`${name}\``, [...variables.get(name)!.holds].sort().join(', '), variables.get(name)!.functions.join(', ')]),
)}

Every function has:

${table(
  ['variable', 'holds'],
  names.filter((name) => name in everywhere).map((name) => [`\`${name}\``, everywhere[name]!]),
)}`;
}
