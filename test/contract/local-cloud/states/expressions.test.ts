/** Cards SFN-01 to 03: expressions, their errors, and the functions Step Functions adds. Cases are those of the AWS documentation where a page is named. */
import { describe, expect, test } from 'vitest';
import { createFakeCloud, type FakeCloudOptions, invokeTask, machineOf, STARTS_AT } from './fake-cloud.ts';

async function run(states: Record<string, object>, input: unknown = {}, options: FakeCloudOptions = {}) {
  const cloud = createFakeCloud(options);
  const arn = await cloud.declare('machine', machineOf(states));
  return { cloud, ...(await cloud.run(arn, input, 'run')) };
}

const output = async (template: unknown, input: unknown = {}): Promise<unknown> =>
  (await run({ Only: { Type: 'Pass', Output: template, End: true } }, input)).output;

describe('SFN-01 expressions', () => {
  // docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html, the first sample after conversion to JSONata.
  test('evaluates strings in {% %} at any depth and leaves every other value alone', async () => {
    const { output } = await run(
      {
        Set: { Type: 'Pass', Assign: { customerName: 'María' }, Next: 'Use' },
        Use: {
          Type: 'Pass',
          Output: { static: 'Hello', title: '{% $states.input.title %}', name: '{% $customerName %}', 'not-evaluated': '$customerName' },
          End: true,
        },
      },
      { title: 'Doctor' },
    );
    expect(output).toEqual({ static: 'Hello', title: 'Doctor', name: 'María', 'not-evaluated': '$customerName' });
  });

  // transforming-data.html, "Example: Input and Output".
  test('gives the output of the documented input and output example', async () => {
    const { output } = await run(
      {
        'Basic Input and Output': {
          Type: 'Succeed',
          Output: { lastName: "{% 'Last=>' & $states.input.customer.lastName %}", orderValue: '{% $states.input.order.total %}' },
        },
      },
      { customer: { firstName: 'Martha', lastName: 'Rivera' }, order: { items: 7, total: 27.91 } },
    );
    expect(output).toEqual({ lastName: 'Last=>Rivera', orderValue: 27.91 });
  });

  // transforming-data.html, "Example: Filtering with JSONata".
  test('gives the output of the documented filter example', async () => {
    const products = [
      { calories: 140, flavour: 'Cola', name: 'Product-1' },
      { calories: 0, flavour: 'Cola', name: 'Product-2' },
      { calories: 160, flavour: 'Orange', name: 'Product-3' },
      { calories: 100, flavour: 'Orange', name: 'Product-4' },
      { calories: 0, flavour: 'Lime', name: 'Product-5' },
    ];
    expect(await output({ dietProducts: '{% $states.input.products[calories=0] %}' }, { products })).toEqual({
      dietProducts: [
        { calories: 0, flavour: 'Cola', name: 'Product-2' },
        { calories: 0, flavour: 'Lime', name: 'Product-5' },
      ],
    });
  });

  test('evaluates expressions inside arrays and keeps the empty ones', async () => {
    expect(await output([1, '{% 1 + 1 %}', { deep: ['{% $states.input.x %}', []] }, {}, null], { x: null })).toEqual([
      1,
      2,
      { deep: [null, []] },
      {},
      null,
    ]);
  });

  test('passes the input on when a state has no Output', async () => {
    expect((await run({ Only: { Type: 'Pass', End: true } }, { a: 1 })).output).toEqual({ a: 1 });
  });
});

describe('SFN-02 expression errors are States.QueryEvaluationError', () => {
  // transforming-data.html, "Handling expression errors"; the wording of the cause as AWS reports it.
  test.each([
    [
      'a result that is undefined',
      '{% $states.input.none %}',
      "The JSONata expression '$states.input.none' specified for the field 'Output/value' returned nothing (undefined).",
    ],
    ['a type error', "{% 'a' + 1 %}", 'T2001'],
    ['an unknown function', '{% $nope(1) %}', 'T1006'],
    ['a function as the result', '{% $sum %}', 'returned a function'],
  ])('for %s', async (_case, expression, words) => {
    const { status, error, cause } = await run({ Only: { Type: 'Pass', Output: { value: expression }, End: true } });
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(cause).toContain("An error occurred while executing the state 'Only' (entered at the event id #2). ");
    expect(cause).toContain(words);
  });

  test('for a number field that is given a text', async () => {
    const { error, cause } = await run({ Only: { Type: 'Wait', Seconds: "{% 'five' %}", End: true } });
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toContain("Expected 'number', but was 'string' for value: \"five\"");
  });

  test('for a number that is out of range', async () => {
    expect((await run({ Only: { Type: 'Wait', Seconds: '{% -1 %}', End: true } })).error).toBe('States.QueryEvaluationError');
  });

  test('and a Task can catch them, in Arguments as well as in Output', async () => {
    const Catch = [{ ErrorEquals: ['States.QueryEvaluationError'], Output: '{% $states.errorOutput.Error %}', Next: 'Done' }];
    for (const broken of [{ Arguments: { FunctionName: 'echo', Payload: '{% $none %}' } }, { Output: '{% $states.result.none %}' }]) {
      const { output } = await run(
        { Call: invokeTask('echo', { ...broken, Catch, Next: 'Done' }), Done: { Type: 'Succeed' } },
        {},
        { functions: { echo: ({ payload }) => payload } },
      );
      expect(output).toBe('States.QueryEvaluationError');
    }
  });
});

describe('SFN-03 functions that Step Functions adds', () => {
  // transforming-data.html, "JSONata functions provided by Step Functions"; results as for the intrinsic functions they replace (intrinsic-functions.html).
  test('$partition chunks an array, the last chunk smaller', async () => {
    expect(await output('{% $partition([1, 2, 3, 4, 5, 6, 7, 8, 9], 4) %}')).toEqual([[1, 2, 3, 4], [5, 6, 7, 8], [9]]);
  });

  test('$range includes both ends and goes down with a negative step', async () => {
    expect(await output(['{% $range(1, 9, 2) %}', '{% $range(0, 10, 2) %}', '{% $range(10, 1, -2) %}'])).toEqual([
      [1, 3, 5, 7, 9],
      [0, 2, 4, 6, 8, 10],
      [10, 8, 6, 4, 2],
    ]);
  });

  test('$hash gives the digest in hexadecimal', async () => {
    // intrinsic-functions.html, States.Hash of "input data" with SHA-1.
    expect(await output("{% $hash('input data', 'SHA-1') %}")).toBe('aaff4a450a104cd177d28d18d74485e8cae074b7');
  });

  test('$hash refuses an algorithm it does not know', async () => {
    expect((await run({ Only: { Type: 'Pass', Output: "{% $hash('a', 'CRC') %}", End: true } })).cause).toContain('MD5, SHA-1');
  });

  test('$parse reads JSON text and refuses other text', async () => {
    expect(await output('{% $parse(\'{"foo":"bar"}\').foo %}')).toBe('bar');
    expect((await run({ Only: { Type: 'Pass', Output: "{% $parse('{') %}", End: true } })).error).toBe('States.QueryEvaluationError');
  });

  test('$uuid gives an id, and $random the same number for the same seed', async () => {
    const [id, one, same, free] = (await output(['{% $uuid() %}', '{% $random(7) %}', '{% $random(7) %}', '{% $random() %}'])) as [
      string,
      number,
      number,
      number,
    ];
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(one).toBe(same);
    expect(free).toBeGreaterThanOrEqual(0);
    expect(free).toBeLessThan(1);
  });

  test("$now and $millis are the cloud's time, and $shuffle its dice", async () => {
    const template = ['{% $millis() %}', '{% $now() %}', "{% $now('[Y0001]-[M01]-[D01]') %}", '{% $shuffle([1, 2, 3, 4, 5]) %}'];
    const first = (await output(template)) as unknown[];
    expect(first.slice(0, 3)).toEqual([STARTS_AT, '2019-06-14T19:45:00.000Z', '2019-06-14']);
    expect(await output(template)).toEqual(first);
  });
});
