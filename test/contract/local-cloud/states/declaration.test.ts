/** Cards SFN-80 to SFN-89: declaring machines from templates, and the definitions that are refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFakeCloud, machineOf, ROLE } from './fake-cloud.ts';

const pass = (rest: object = { End: true }) => ({ Type: 'Pass', ...rest });

describe('SFN-80 where a definition comes from', () => {
  let assembly: string;
  beforeAll(() => {
    assembly = mkdtempSync(join(tmpdir(), 'ballast-assembly-'));
    writeFileSync(join(assembly, 'asset.0123abcd.json'), JSON.stringify(machineOf({ Only: pass({ Output: '${answer}', End: true }) })));
    writeFileSync(join(assembly, 'plain.json'), JSON.stringify(machineOf({ Only: pass({ Output: 'plain', End: true }) })));
  });
  afterAll(() => rmSync(assembly, { recursive: true }));

  const outputOf = async (properties: Record<string, unknown>) => {
    const cloud = createFakeCloud({ assemblyDirectory: assembly });
    const { ref } = await cloud.service.declare({
      stack: 'trading',
      logicalId: 'Cycle1A2B3C',
      type: 'AWS::StepFunctions::StateMachine',
      properties: { RoleArn: ROLE, ...properties },
      metadata: {},
    });
    return (await cloud.run(ref)).output;
  };

  test('an asset of the assembly, as the CDK leaves it, with its substitutions', async () => {
    expect(
      await outputOf({
        DefinitionS3Location: { Bucket: 'assets', Key: '0123abcd.json' },
        DefinitionSubstitutions: { answer: 'forty-two' },
      }),
    ).toBe('forty-two');
    expect(await outputOf({ DefinitionS3Location: { Bucket: 'assets', Key: 'plain.json' } })).toBe('plain');
  });

  test('an object or a text in the template', async () => {
    expect(await outputOf({ Definition: machineOf({ Only: pass({ Output: 1, End: true }) }) })).toBe(1);
    expect(await outputOf({ DefinitionString: JSON.stringify(machineOf({ Only: pass({ Output: 2, End: true }) })) })).toBe(2);
  });

  test.each([
    [{ DefinitionS3Location: { Bucket: 'assets', Key: 'gone.json' } }, 'asset.gone.json'],
    [{ DefinitionS3Location: { Bucket: 'assets', Key: '0123abcd.json' } }, '${answer} has no value in DefinitionSubstitutions'],
    [{}, 'none of DefinitionString, Definition and DefinitionS3Location'],
    [{ DefinitionString: JSON.stringify(machineOf({ Only: pass() })), StateMachineType: 'EXPRESS' }, 'EXPRESS'],
    [{ DefinitionString: JSON.stringify(machineOf({ Only: pass() })), RoleArn: '' }, 'has no RoleArn'],
  ])('refuses %j', async (properties, words) => {
    await expect(outputOf(properties)).rejects.toThrow(words);
  });
});

describe('SFN-81 what Ref and GetAtt give', () => {
  test('the ARN, the name and a revision that changes with the definition alone', async () => {
    const cloud = createFakeCloud();
    const declare = (definition: object, properties: object = {}) =>
      cloud.service.declare({
        stack: 'trading',
        logicalId: 'TradingCycle5F',
        type: 'AWS::StepFunctions::StateMachine',
        properties: { RoleArn: ROLE, DefinitionString: JSON.stringify(definition), ...properties },
        metadata: {},
      });
    const first = await declare(machineOf({ Only: pass() }));
    expect(first.attributes.Name).toMatch(/^TradingCycle5F-[0-9a-f]{12}$/);
    expect(first.ref).toBe(`arn:aws:states:us-east-1:111111111111:stateMachine:${first.attributes.Name}`);
    expect(first.attributes.Arn).toBe(first.ref);
    expect(await declare(machineOf({ Only: pass() }))).toEqual(first);
    const changed = await declare(machineOf({ Other: pass() }));
    expect(changed.ref).toBe(first.ref);
    expect(changed.attributes.StateMachineRevisionId).not.toBe(first.attributes.StateMachineRevisionId);
  });
});

describe('SFN-82 definitions that are refused, with state and field', () => {
  const map = (processor: object, rest: object = {}) => ({
    Each: { Type: 'Map', ItemProcessor: { StartAt: 'P', States: { P: pass() }, ...processor }, End: true, ...rest },
  });
  const distributed = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
  const task = (rest: object) => ({ Call: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true, ...rest } });

  test.each<[string, object | string, string]>([
    ['no JSON', '{', 'the definition is no JSON'],
    ['JSONPath by default', { StartAt: 'A', States: { A: pass() } }, 'field QueryLanguage must be "JSONata": left out it means JSONPath'],
    [
      'JSONPath in a state',
      machineOf({ A: pass({ QueryLanguage: 'JSONPath', End: true }) }),
      'state "A": field QueryLanguage "JSONPath" is not emulated',
    ],
    ['a JSONPath field', machineOf({ A: pass({ ResultPath: '$.a', End: true }) }), 'state "A": field ResultPath belongs to JSONPath'],
    ['an unknown field', machineOf({ A: pass({ Nxet: 'B', End: true }) }), 'state "A": field Nxet is unknown here'],
    ['an unknown type', machineOf({ A: { Type: 'Sleep', End: true } }), 'state "A": field Type is no type of state ("Sleep")'],
    ['no Next', machineOf({ A: pass({}) }), 'state "A": field Next is missing (or End: true)'],
    ['Next and End', machineOf({ A: pass({ Next: 'B', End: true }), B: pass() }), 'state "A": has both Next and End'],
    ['a Next to nowhere', machineOf({ A: pass({ Next: 'B' }) }), 'state "A": field Next names no state in its scope ("B")'],
    [
      'a Catch to nowhere',
      machineOf(task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] })),
      'state "Call": field Next names no state in its scope ("B")',
    ],
    ['a StartAt to nowhere', machineOf({ A: pass() }, { StartAt: 'B' }), 'field StartAt names no state ("B")'],
    ['a state out of reach', machineOf({ A: pass(), B: pass() }), 'state "B" cannot be reached'],
    [
      'a broken expression',
      machineOf({ A: pass({ Output: { a: '{% 1 + %}' }, End: true }) }),
      'state "A": field Output/a holds an expression that JSONata cannot read',
    ],
    ['half an expression', machineOf({ A: pass({ Output: '{% 1 ', End: true }) }), 'state "A": field Output opens or closes an expression'],
    ['$eval', machineOf({ A: pass({ Output: "{% $eval('1') %}", End: true }) }), 'uses $eval'],
    ['$states.result in Arguments', machineOf(task({ Arguments: '{% $states.result %}' })), 'field Arguments uses $states.result'],
    ['$states.result in a Pass', machineOf({ A: pass({ Output: '{% $states.result %}', End: true }) }), 'field Output uses $states.result'],
    [
      '$states.errorOutput outside Catch',
      machineOf(task({ Output: '{% $states.errorOutput %}' })),
      'field Output uses $states.errorOutput',
    ],
    ['Assign to states', machineOf({ A: pass({ Assign: { states: 1 }, End: true }) }), 'reserved variable "states"'],
    ['Assign to no identifier', machineOf({ A: pass({ Assign: { 'a-b': 1 }, End: true }) }), 'field Assign names a variable "a-b"'],
    [
      'an inner Assign to an outer variable',
      machineOf({ A: pass({ Assign: { x: 1 }, Next: 'Each' }), ...map({ States: { P: pass({ Assign: { x: 2 }, End: true }) } }) }),
      'state "Each" ItemProcessor / state "P": field Assign sets "x", a variable of the outer scope',
    ],
    [
      'States.ALL in company',
      machineOf(task({ Retry: [{ ErrorEquals: ['States.ALL', 'A'] }] })),
      'Retry[0]: field ErrorEquals: States.ALL must stand alone',
    ],
    [
      'States.ALL not last',
      machineOf(task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] })),
      'Retry[0]: field ErrorEquals: States.ALL must be in the last rule',
    ],
    [
      'a retrier with fractions',
      machineOf(task({ Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 0.5, BackoffRate: 0.9 }] })),
      'field IntervalSeconds must be a whole number',
    ],
    [
      'MaxDelaySeconds too small',
      machineOf(task({ Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 5, MaxDelaySeconds: 5 }] })),
      'field MaxDelaySeconds must be greater than IntervalSeconds',
    ],
    [
      'an unknown jitter',
      machineOf(task({ Retry: [{ ErrorEquals: ['A'], JitterStrategy: 'SOME' }] })),
      'field JitterStrategy must be "NONE" or "FULL"',
    ],
    [
      'an unknown integration',
      machineOf(task({ Resource: 'arn:aws:states:::ecs:runTask.sync' })),
      'field Resource: the local cloud does not emulate the resource',
    ],
    [
      'an unknown service of the SDK',
      machineOf(task({ Resource: 'arn:aws:states:::aws-sdk:ec2:describeInstances' })),
      'does not emulate "aws-sdk:ec2"',
    ],
    ['an activity', machineOf(task({ Resource: 'arn:aws:states:us-east-1:111111111111:activity:a' })), 'does not emulate the resource'],
    [
      'a callback that cannot be',
      machineOf(task({ Resource: 'arn:aws:states:::dynamodb:getItem.waitForTaskToken' })),
      'has no .waitForTaskToken',
    ],
    [
      'a heartbeat beyond the timeout',
      machineOf(task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 })),
      'field HeartbeatSeconds must be smaller than TimeoutSeconds',
    ],
    ['a timeout of zero', machineOf(task({ TimeoutSeconds: 0 })), 'field TimeoutSeconds must be a whole number of at least 1'],
    [
      'a machine timeout of zero',
      machineOf({ A: pass() }, { TimeoutSeconds: 0 }),
      'field TimeoutSeconds must be a whole number of at least 1',
    ],
    ['Choices without rules', machineOf({ A: { Type: 'Choice', Choices: [] } }), 'field Choices must hold at least one rule'],
    [
      'a Condition that is no expression',
      machineOf({ A: { Type: 'Choice', Choices: [{ Condition: 'x', Next: 'B' }] }, B: pass() }),
      'Choices[0]: field Condition must be a JSONata expression',
    ],
    ['a Wait with neither', machineOf({ A: { Type: 'Wait', End: true } }), 'takes either Seconds or Timestamp'],
    [
      'a Wait until a word',
      machineOf({ A: { Type: 'Wait', Timestamp: 'noon', End: true } }),
      'field Timestamp must be an RFC 3339 instant',
    ],
    ['a Map without processor', machineOf({ A: { Type: 'Map', End: true } }), 'field ItemProcessor must hold StartAt and States'],
    [
      'a tolerated failure inline',
      machineOf(map({}, { ToleratedFailureCount: 1 })),
      'field ToleratedFailureCount needs ProcessorConfig Mode DISTRIBUTED',
    ],
    [
      'EXPRESS children',
      machineOf(map({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } })),
      'EXPRESS child executions are not emulated',
    ],
    [
      'Items and ItemReader',
      machineOf(map(distributed, { Items: [], ItemReader: { Resource: 'arn:aws:states:::s3:listObjectsV2', Arguments: {} } })),
      'has both Items and ItemReader',
    ],
    [
      'another ItemReader',
      machineOf(map(distributed, { ItemReader: { Resource: 'arn:aws:states:::athena:x', Arguments: {} } })),
      'field Resource "arn:aws:states:::athena:x" is not emulated',
    ],
    [
      'an inventory manifest',
      machineOf(
        map(distributed, {
          ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Arguments: {}, ReaderConfig: { InputType: 'MANIFEST' } },
        }),
      ),
      'field InputType must be JSON, JSONL or CSV; "MANIFEST" is not emulated',
    ],
    ['a batcher without limits', machineOf(map(distributed, { ItemBatcher: {} })), 'needs MaxItemsPerBatch or MaxInputBytesPerBatch'],
    ['an empty result writer', machineOf(map(distributed, { ResultWriter: {} })), 'needs WriterConfig, or Resource and Arguments'],
  ])('%s', async (_case, definition, words) => {
    await expect(createFakeCloud().declare('machine', definition)).rejects.toMatchObject({
      code: 'InvalidDefinition',
      message: expect.stringContaining(words),
    });
  });

  test('names every problem at once', async () => {
    const declared = createFakeCloud().declare('cycle', machineOf({ A: pass({ Next: 'Gone' }), B: pass() }));
    await expect(declared).rejects.toThrow(
      'Invalid State Machine Definition "cycle": state "A": field Next names no state in its scope ("Gone"); state "B" cannot be reached',
    );
  });
});
