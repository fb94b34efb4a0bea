/** The catalogue against what is deployed: every type is published by somebody and heard by somebody, and the registry shows it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compilePattern } from '../../apps/local-cloud/events/index.ts';
import { Deployed, inventoryName } from '../../scripts/reference/deployed.ts';
import { type Producers, readProducers } from '../../scripts/reference/event-producers.ts';
import { eventTypes, exampleEvent, hearersOf, publishersOf } from '../../scripts/reference/events.ts';
import { markKeptDays } from '../../shared/stores/consumed-events.ts';
import { devAssembly, projectRoot } from './support/assembly.ts';
import { isObject, type Json, type Resource } from './support/templates.ts';

let deployed: Deployed;
let producers: Producers;

beforeAll(async () => {
  deployed = Deployed.read((await devAssembly()).directory, projectRoot);
  producers = readProducers(projectRoot);
});

const busRules = (): Resource[] => deployed.templates.all('AWS::Events::Rule').filter((rule) => isObject(rule.at('EventPattern')));
const targetsOf = (rule: Resource): { readonly [key: string]: Json }[] => rule.list('Targets').filter(isObject);

describe.each(eventTypes)('%s', (type) => {
  test('is published by somebody', () => {
    expect(publishersOf(deployed, producers, type)).not.toEqual([]);
  });

  test('is heard by somebody', () => {
    expect(hearersOf(deployed, type)).not.toEqual([]);
  });
});

test('each rule of the bus asks for types of the catalogue and no others, and hears each one it asks for', () => {
  for (const rule of busRules()) {
    const asked = rule.list('EventPattern.detail-type').map(String);
    const pattern = compilePattern(rule.at('EventPattern'));
    const heard = eventTypes.filter((type) => pattern.matches(exampleEvent(type)));
    expect(asked.toSorted(), rule.name).toEqual(heard);
  }
  expect(busRules().length).toBeGreaterThan(2);
});

test('what a rule cannot deliver waits with the dead letters, after an hour at most', () => {
  for (const rule of busRules()) {
    for (const target of targetsOf(rule)) {
      expect(rule.resolve((target.DeadLetterConfig as { Arn: Json }).Arn), rule.name).toMatch(/DeadLetters/);
      expect(target.RetryPolicy, rule.name).toEqual({ MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3600 });
    }
  }
});

/** Each does the same however often it is called: one only ever makes a scope stricter, the other takes an event for an occasion. */
const noConsumers = ['orders/request-stop', 'audit/sign-checkpoint'];

test('every function that hears the bus is a consumer: it drops what it has dealt with', () => {
  const hearing = new Set(
    busRules().flatMap((rule) =>
      targetsOf(rule).flatMap((target) => {
        const arn = rule.resolve(target.Arn ?? null);
        return [...deployed.functions().values()].filter(({ name }) => arn.startsWith(`${name}.`)).map(inventoryName);
      }),
    ),
  );
  for (const name of hearing) {
    if (noConsumers.includes(name)) continue;
    expect(readFileSync(join(projectRoot, `functions/${name}.lambda.ts`), 'utf8'), name).toMatch(/^const \w+ = defineConsumer\(/m);
  }
  expect(hearing.size).toBeGreaterThan(0);
});

test('the archive keeps all events of the fund, and forgets them before consumers forget that they had them', () => {
  const [archive, ...others] = deployed.templates.all('AWS::Events::Archive');
  expect(others).toEqual([]);
  expect(archive!.at('EventPattern')).toEqual({ source: ['ballast'] });
  expect(Number(archive!.at('RetentionDays'))).toBeLessThan(markKeptDays);
});

test('the schema registry holds every type, under its own name, and asks for nothing that the example has not', () => {
  const schemas = deployed.templates.all('AWS::EventSchemas::Schema');
  expect(schemas.map((schema) => schema.text('SchemaName')).sort()).toEqual(eventTypes.map((type) => `ballast@${type}`));
  for (const schema of schemas) {
    expect([schema.text('Type'), schema.text('RegistryName')]).toEqual(['JSONSchemaDraft4', 'ballast-dev-events']);
    const { properties } = JSON.parse(schema.text('Content')) as {
      properties: { 'detail-type': { enum: string[] }; detail: { required: string[] } };
    };
    const [type] = properties['detail-type'].enum;
    const { detail } = exampleEvent(eventTypes.find((one) => one === type)!);
    expect(Object.keys(detail)).toEqual(expect.arrayContaining(properties.detail.required));
  }
});

describe('producers are read from sources', () => {
  test('a type in a test or in the catalogue is none', () => {
    for (const type of eventTypes)
      for (const file of producers.filesOf(type)) expect(file).toMatch(/^(shared\/runtime|functions|apps\/cli)\//);
  });

  test('and a function is a producer of what it makes, not of what its file’s neighbours make', () => {
    expect(producers.reaches('functions/orders/work-slice.lambda.ts', 'TradeExecuted')).toBe(true);
    expect(producers.reaches('functions/orders/work-slice.lambda.ts', 'CycleCompleted')).toBe(false);
    expect(producers.reaches('functions/trading/record-decisions.lambda.ts', 'CycleCompleted')).toBe(true);
  });
});
