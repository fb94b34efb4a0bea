/**
 * docs/reference/events.md: every event of the bus, its members, who publishes and who hears it. Producers are read from the sources,
 * consumers from the rules of the templates: a rule hears a type when its pattern matches the type's example.
 */
import { compilePattern } from '../../apps/local-cloud/events/index.ts';
import { eventCatalogue } from '../../shared/contracts/event-catalogue.ts';
import { type BallastEvent, type EventType, eventSchemas } from '../../shared/contracts/events.ts';
import { eventSource } from '../../shared/contracts/names/index.ts';
import { alertOfEvent, alertRoutes } from '../../shared/runtime/alerts/alert-of-event.ts';
import { isObject } from '../../test/infra/support/templates.ts';
import { type Deployed, inventoryName, table } from './deployed.ts';
import { type Producers, readProducers } from './event-producers.ts';

export const eventTypes = (Object.keys(eventSchemas) as EventType[]).sort();

/** An event of that type as rules see it. */
export const exampleEvent = (type: EventType) => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  ...{ 'detail-type': type, source: eventSource, account: '000000000000', time: '2026-01-05T20:45:00Z', region: 'us-east-1' },
  resources: [],
  detail: eventCatalogue[type].example,
});

export function eventsPage(deployed: Deployed, projectRoot: string): string {
  const producers = readProducers(projectRoot);
  const sections = eventTypes.map((type) => {
    const { purpose, example } = eventCatalogue[type];
    return [
      `## ${type}`,
      '',
      purpose,
      '',
      `- Published by: ${publishersOf(deployed, producers, type).join(', ') || 'nothing'}`,
      `- Heard by: ${hearersOf(deployed, type).join(', ') || 'nothing'}`,
      `- Alert: ${alertText(type)}`,
      '',
      table(['member', 'type', 'for example'], membersOf(type, { ...example })),
    ].join('\n');
  });
  return `# Events

Every event on the bus \`ballast-<stage>-events\` has the source \`${eventSource}\` and one of these detail types. The same schemas are in the registry
\`ballast-<stage>-events\` of EventBridge Schemas. What a consumer may rely on, replays and dead letters are in [the guide](../guides/events.md).

${sections.join('\n\n')}`;
}

/** Functions that may put events on the bus and reach a source that makes one; then what makes it elsewhere. */
export function publishersOf(deployed: Deployed, producers: Producers, type: EventType): string[] {
  const functions = [...deployed.functions()].filter(([name, fn]) => {
    const variables = fn.at('Environment.Variables');
    return isObject(variables) && 'EVENT_BUS' in variables && producers.reaches(`functions/${name}.lambda.ts`, type);
  });
  const commands = producers.filesOf(type).filter((file) => file.startsWith('apps/cli/commands/'));
  return [...functions.map(([name]) => name), ...commands.map((file) => `\`ballast ${file.split('/').at(-1)!.replace('.ts', '')}\``)];
}

/** Targets of the rules that match an event of that type. */
export function hearersOf(deployed: Deployed, type: EventType): string[] {
  const event = exampleEvent(type);
  const functions = [...deployed.functions().values()];
  const hearing = deployed.templates.all('AWS::Events::Rule').filter((rule) => {
    const pattern = rule.at('EventPattern');
    return isObject(pattern) && compilePattern(pattern).matches(event);
  });
  const names = hearing.flatMap((rule) =>
    rule.list('Targets').flatMap((target) => {
      if (!isObject(target)) return [];
      const arn = rule.resolve(target.Arn ?? null);
      const fn = functions.find(({ name }) => arn.startsWith(`${name}.`));
      return [fn === undefined ? `the ${deployed.say(arn)} topic` : inventoryName(fn)];
    }),
  );
  return [...new Set(names)].sort();
}

/** Of the example; what an event says may make it another severity, or none. */
function alertText(type: EventType): string {
  const route = alertRoutes[type];
  if (route.kind === 'silent') return `none: ${route.because}`;
  const alert = alertOfEvent({ type, detail: eventCatalogue[type].example } as BallastEvent);
  return alert === null ? 'none for such an event; others of the type are told' : `${alert.severity}, ${alert.category}`;
}

interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
}

function membersOf(type: EventType, example: Readonly<Record<string, unknown>>): string[][] {
  const { properties = {}, required = [] } = eventSchemas[type].toJSONSchema({ io: 'input' }) as Shape;
  return Object.entries(properties).map(([name, shape]) => [
    `\`${name}\`${required.includes(name) ? '' : ' (optional)'}`,
    spoken(shape),
    `\`${JSON.stringify(example[name])}\``,
  ]);
}

function spoken(shape: Shape): string {
  const either = shape.anyOf ?? shape.oneOf;
  if (either !== undefined) return [...new Set(either.map(spoken))].join(' or ');
  if (shape.enum !== undefined) return shape.enum.map((word) => `\`${String(word)}\``).join(', ');
  if (shape.type === 'array') return `list of ${spoken(shape.items ?? {})}`;
  if (shape.type === 'object') return `{ ${Object.keys(shape.properties ?? {}).join(', ')} }`;
  return { string: 'text', integer: 'whole number', number: 'number', boolean: 'yes or no', null: 'null' }[shape.type ?? ''] ?? 'anything';
}
