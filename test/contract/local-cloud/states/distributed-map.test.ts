/** Cards SFN-42 to 46: Map in distributed mode, its readers, batches, tolerated failures and result writers. */
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../../apps/local-cloud/service.ts';
import { createFakeCloud, type FakeCloudOptions, invokeTask, machineOf, STARTS_AT } from './fake-cloud.ts';
import { block, failOn, inline, run, runWithHistory } from './run-machine.ts';

const distributed = (states: Record<string, object>, rest: object = {}) =>
  inline(block(states, { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } }), rest);
describe('SFN-42 distributed Map', () => {
  test('runs each item as a child execution with a history of its own', async () => {
    const { output, cloud, executionArn, types } = await runWithHistory(
      distributed({ Double: { Type: 'Pass', Output: '{% $states.input * 2 %}', End: true } }, { Items: [1, 2, 3], Label: 'Sweep' }),
    );
    expect(output).toEqual([2, 4, 6]);
    expect(types).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
    const { mapRuns } = (await cloud.send('ListMapRuns', { executionArn })) as {
      mapRuns: { mapRunArn: string; stateMachineArn: string }[];
    };
    expect(mapRuns[0]!.mapRunArn).toMatch(/:mapRun:machine\/Sweep:[0-9a-f-]{36}$/);
    expect(mapRuns[0]!.stateMachineArn).toMatch(/:stateMachine:machine\/Sweep$/);
    const { executions } = (await cloud.send('ListExecutions', { mapRunArn: mapRuns[0]!.mapRunArn })) as {
      executions: { executionArn: string; status: string }[];
    };
    expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect((await cloud.history(executions[0]!.executionArn)).map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    expect(
      (
        (await cloud.send('ListExecutions', { stateMachineArn: 'arn:aws:states:us-east-1:111111111111:stateMachine:machine' }))
          .executions as unknown[]
      ).length,
    ).toBe(1);
  });

  // workflow-variables.html: a distributed Map's children do not see variables of the outer scope.
  test('hides the variables of the outer scope from the children, not from ItemSelector', async () => {
    const { output } = await runWithHistory({
      Set: { Type: 'Pass', Assign: { x: 7 }, Next: 'Each' },
      ...distributed(
        { See: { Type: 'Pass', Output: ['{% $exists($x) %}', '{% $states.input %}'], End: true } },
        { Items: [1], ItemSelector: '{% $x %}' },
      ),
    });
    expect(output).toEqual([[false, 7]]);
  });

  test('asks whether the role may start executions of the machine', async () => {
    const denied: FakeCloudOptions['authorize'] = ({ action, resource }) => {
      if (action === 'states:StartExecution' && !allowed)
        throw new AwsError('AccessDeniedException', `not authorized to perform: ${action} on resource: ${resource}`);
    };
    let allowed = true;
    const cloud = createFakeCloud({ authorize: denied });
    const arn = await cloud.declare('machine', machineOf(distributed({ P: { Type: 'Pass', End: true } }, { Items: [1] })));
    const { executionArn } = await cloud.send('StartExecution', { stateMachineArn: arn });
    allowed = false;
    await cloud.settle();
    const described = await cloud.send('DescribeExecution', { executionArn });
    expect(described).toMatchObject({ status: 'FAILED', error: 'States.Permissions' });
    expect(described.cause).toContain(`states:StartExecution on resource: ${arn}`);
  });
});

describe('SFN-43 tolerated failures', () => {
  // state-map-distributed.html, "Setting failure thresholds": without a threshold one failed item fails the run.
  test('one failed child fails the run with States.ExceedToleratedFailureThreshold', async () => {
    const { error, cloud, executionArn, types } = await runWithHistory(
      distributed({ Call: invokeTask('work') }, { Items: [1, 2, 3], MaxConcurrency: 1 }),
      failOn([2]),
    );
    expect(error).toBe('States.ExceedToleratedFailureThreshold');
    expect(types.slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    const { mapRuns } = (await cloud.send('ListMapRuns', { executionArn })) as { mapRuns: { mapRunArn: string }[] };
    const mapRun = await cloud.send('DescribeMapRun', { mapRunArn: mapRuns[0]!.mapRunArn });
    expect(mapRun).toMatchObject({
      status: 'FAILED',
      itemCounts: { total: 3, succeeded: 1, failed: 1, pending: 1, running: 0, aborted: 0, timedOut: 0 },
    });
  });

  test.each([
    [{ ToleratedFailureCount: 2 }, [1, 2], 'SUCCEEDED'],
    [{ ToleratedFailureCount: 2 }, [1, 2, 3], 'FAILED'],
    [{ ToleratedFailurePercentage: 50 }, [1, 2], 'SUCCEEDED'],
    [{ ToleratedFailurePercentage: 50 }, [1, 2, 3], 'FAILED'],
    [{ ToleratedFailureCount: 3, ToleratedFailurePercentage: 25 }, [1, 2], 'FAILED'],
    [{ ToleratedFailureCount: '{% 1 + 1 %}' }, [1, 2], 'SUCCEEDED'],
  ])('with %j and %j of four items failing, the run has %s', async (threshold, bad, status) => {
    const { cloud, ...rest } = await runWithHistory(
      distributed({ Call: invokeTask('work') }, { Items: [1, 2, 3, 4], MaxConcurrency: 1, ...threshold }),
      failOn(bad),
    );
    expect(rest.status).toBe(status);
  });

  test('a tolerated failure leaves its record in the place of its result', async () => {
    const { output } = await runWithHistory(
      distributed({ Call: invokeTask('work') }, { Items: [1, 2], ToleratedFailureCount: 1 }),
      failOn([2]),
    );
    expect(output).toMatchObject([1, { Status: 'FAILED', Error: 'Bad', Input: '2' }]);
  });

  test('children still running are aborted once the threshold is exceeded', async () => {
    const processor = {
      Which: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 1 %}', Next: 'Stop' }], Default: 'Wait' },
      Stop: { Type: 'Fail', Error: 'Bad' },
      Wait: { Type: 'Wait', Seconds: 3600, End: true },
    };
    const { cloud, executionArn } = await runWithHistory(distributed(processor, { Items: [1, 2, 3] }));
    const { mapRuns } = (await cloud.send('ListMapRuns', { executionArn })) as { mapRuns: { mapRunArn: string }[] };
    expect(await cloud.send('DescribeMapRun', { mapRunArn: mapRuns[0]!.mapRunArn })).toMatchObject({
      itemCounts: { failed: 1, aborted: 2 },
    });
    expect(cloud.clock.now()).toBe(STARTS_AT);
  });
});

describe('SFN-44 ItemReader', () => {
  const read = (ItemReader: object, objects: Record<string, string>, rest: object = {}) =>
    run(distributed({ P: { Type: 'Pass', End: true } }, { ItemReader, ...rest }), { objects });
  const get = (ReaderConfig: object) => ({
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig,
    Arguments: { Bucket: 'lake', Key: 'items' },
  });

  // input-output-itemreader.html, "Process data from multiple objects": the form of an item; paged through to the end.
  test('lists the objects under a prefix, page by page', async () => {
    const objects = { 'lake/processData/a.csv': 'xx', 'lake/processData/b.csv': 'x', 'lake/processData/c.csv': '', 'lake/other/d.csv': '' };
    const { output } = await read(
      { Resource: 'arn:aws:states:::s3:listObjectsV2', Arguments: { Bucket: 'lake', Prefix: 'processData' } },
      objects,
    );
    expect(output).toEqual(
      ['a', 'b', 'c'].map((name, index) => ({
        Etag: `"processData/${name}.csv"`,
        Key: `processData/${name}.csv`,
        LastModified: 1668699881,
        Size: 2 - index,
        StorageClass: 'STANDARD',
      })),
    );
  });

  test('reads a JSON array, JSON lines, and an array deep in an object', async () => {
    expect((await read(get({ InputType: 'JSON' }), { 'lake/items': '[{"verdict":"true"},{"verdict":"false"}]' })).output).toEqual([
      { verdict: 'true' },
      { verdict: 'false' },
    ]);
    expect((await read(get({ InputType: 'JSONL' }), { 'lake/items': '{"a":1}\n\n{"a":2}\n' })).output).toEqual([{ a: 1 }, { a: 2 }]);
    expect((await read(get({ InputType: 'JSON', ItemsPointer: '/a/list' }), { 'lake/items': '{"a":{"list":[7]}}' })).output).toEqual([7]);
  });

  // input-output-itemreader.html, CSV: the header row names the members; GIVEN headers leave the first row an item.
  test('reads CSV with headers from the first row or given, quotes and all, up to MaxItems', async () => {
    const csv = 'userId,movieId,title\r\n1,307,"Three ""Colors"", Blue"\r\n2,481,"two\nlines"\r\n';
    expect((await read(get({ InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }), { 'lake/items': csv })).output).toEqual([
      { userId: '1', movieId: '307', title: 'Three "Colors", Blue' },
      { userId: '2', movieId: '481', title: 'two\nlines' },
    ]);
    const given = { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a', 'b'], CSVDelimiter: 'PIPE', MaxItems: 1 };
    expect((await read(get(given), { 'lake/items': '1|2\n3|4\n' })).output).toEqual([{ a: '1', b: '2' }]);
  });

  test.each([
    ['an object that is missing', {}, 'The specified key does not exist.'],
    ['text that is no JSON', { 'lake/items': '{' }, 'no JSON'],
    ['JSON that cannot be iterated', { 'lake/items': '5' }, 'non-iterable'],
  ])('fails with States.ItemReaderFailed for %s', async (_case, objects, words) => {
    const { error, cause } = await read(get({ InputType: 'JSON' }), objects);
    expect(error).toBe('States.ItemReaderFailed');
    expect(cause).toContain(words);
  });
});

describe('SFN-45 ItemBatcher', () => {
  // input-output-itembatcher.html: batches arrive as Items, with BatchInput beside them.
  test('gives several items to one child, with the common input', async () => {
    const ItemBatcher = { MaxItemsPerBatch: 2, BatchInput: { factCheck: '{% $states.context.Execution.Name %}' } };
    const { output } = await runWithHistory(distributed({ P: { Type: 'Pass', End: true } }, { Items: [1, 2, 3], ItemBatcher }));
    expect(output).toEqual([
      { BatchInput: { factCheck: 'run' }, Items: [1, 2] },
      { BatchInput: { factCheck: 'run' }, Items: [3] },
    ]);
  });

  test('keeps a batch below its size in bytes', async () => {
    const { output } = await runWithHistory(
      distributed(
        { P: { Type: 'Pass', Output: '{% $count($states.input.Items) %}', End: true } },
        { Items: ['aaaa', 'bbbb', 'cccc'], ItemBatcher: { MaxInputBytesPerBatch: 28 } },
      ),
    );
    expect(output).toEqual([2, 1]);
  });
});

describe('SFN-46 ResultWriter', () => {
  // input-output-resultwriter.html: the state's result, the manifest, and the files by status.
  test('writes results by status with a manifest, and gives its place', async () => {
    const ResultWriter = { Resource: 'arn:aws:states:::s3:putObject', Arguments: { Bucket: 'out', Prefix: 'csvProcessJobs' } };
    const { output, cloud } = await runWithHistory(
      distributed({ Call: invokeTask('work') }, { Items: [1, 2, 3], ToleratedFailureCount: 1, ResultWriter }),
      failOn([2]),
    );
    const { MapRunArn, ResultWriterDetails } = output as { MapRunArn: string; ResultWriterDetails: { Bucket: string; Key: string } };
    const folder = `csvProcessJobs/${MapRunArn.split(':').at(-1)}`;
    expect(ResultWriterDetails).toEqual({ Bucket: 'out', Key: `${folder}/manifest.json` });
    const read = (key: string) => JSON.parse(Buffer.from(cloud.objects.get(`out/${key}`)!).toString());
    const succeeded = read(`${folder}/SUCCEEDED_0.json`);
    expect(read(ResultWriterDetails.Key)).toEqual({
      DestinationBucket: 'out',
      MapRunArn,
      ResultFiles: {
        FAILED: [{ Key: `${folder}/FAILED_0.json`, Size: expect.any(Number) }],
        PENDING: [],
        SUCCEEDED: [{ Key: `${folder}/SUCCEEDED_0.json`, Size: cloud.objects.get(`out/${folder}/SUCCEEDED_0.json`)!.length }],
      },
    });
    expect(succeeded.map(({ Output }: { Output: string }) => Output)).toEqual(['1', '3']);
    expect(Object.keys(succeeded[0]).sort()).toEqual([
      'ExecutionArn',
      'Input',
      'InputDetails',
      'Name',
      'Output',
      'OutputDetails',
      'RedriveCount',
      'RedriveStatus',
      'RedriveStatusReason',
      'StartDate',
      'StateMachineArn',
      'Status',
      'StopDate',
    ]);
  });

  test('flattens arrays and writes lines when WriterConfig says so', async () => {
    const ResultWriter = {
      WriterConfig: { Transformation: 'FLATTEN', OutputType: 'JSONL' },
      Resource: 'arn:aws:states:::s3:putObject',
      Arguments: { Bucket: 'out' },
    };
    const { cloud } = await runWithHistory(
      distributed({ P: { Type: 'Pass', Output: ['{% $states.input %}', 0], End: true } }, { Items: [1, 2], ResultWriter }),
    );
    const [key] = [...cloud.objects.keys()].filter((path) => path.endsWith('SUCCEEDED_0.jsonl'));
    expect(Buffer.from(cloud.objects.get(key!)!).toString()).toBe('1\n0\n2\n0\n');
  });

  test('fails with States.ResultWriterFailed when the bucket refuses', async () => {
    const refuse = () => {
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    };
    const ResultWriter = { Resource: 'arn:aws:states:::s3:putObject', Arguments: { Bucket: 'out' } };
    expect(
      (
        await runWithHistory(distributed({ P: { Type: 'Pass', End: true } }, { Items: [1], ResultWriter }), {
          services: { 's3:PutObject': refuse },
        })
      ).error,
    ).toBe('States.ResultWriterFailed');
  });
});
