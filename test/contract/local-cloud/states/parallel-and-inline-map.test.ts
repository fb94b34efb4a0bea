/** Cards SFN-40 and 41: Parallel, and Map in inline mode. */
import { describe, expect, test } from 'vitest';
import { invokeTask, STARTS_AT } from './fake-cloud.ts';
import { block, failOn, inline, runWithHistory } from './run-machine.ts';

describe('SFN-40 Parallel', () => {
  // state-parallel.html: all branches get the state's input, the output is an array in their order.
  test('gives the outputs in the order of the branches, however long each takes', async () => {
    const Branches = [
      block({ Slow: { Type: 'Wait', Seconds: 10, Output: 'slow', End: true } }),
      block({ Fast: { Type: 'Pass', Output: '{% $states.input.x %}', End: true } }),
    ];
    const { output, cloud } = await runWithHistory(
      { Both: { Type: 'Parallel', Branches, Arguments: { x: '{% $states.input.y %}' }, End: true } },
      {},
      { y: 5 },
    );
    expect(output).toEqual(['slow', 5]);
    expect(cloud.clock.now() - STARTS_AT).toBe(10_000);
  });

  test('aborts the siblings of a branch that fails, and fails with its error', async () => {
    const Branches = [
      block({ Wait: { Type: 'Wait', Seconds: 3600, End: true } }),
      block({ Stop: { Type: 'Fail', Error: 'Inner', Cause: 'why' } }),
    ];
    const { error, cause, types, cloud } = await runWithHistory({ Both: { Type: 'Parallel', Branches, End: true } });
    expect({ error, cause }).toEqual({ error: 'Inner', cause: 'why' });
    expect(types.slice(-3)).toEqual(['WaitStateAborted', 'ParallelStateFailed', 'ExecutionFailed']);
    expect(cloud.clock.now()).toBe(STARTS_AT);
  });

  test('can be retried as a whole and caught', async () => {
    const Branches = [block({ Stop: { Type: 'Fail', Error: 'Inner' } })];
    const { output, types } = await runWithHistory({
      Both: {
        Type: 'Parallel',
        Branches,
        Retry: [{ ErrorEquals: ['Inner'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['Inner'], Output: 'caught', Next: 'Done' }],
        Next: 'Done',
      },
      Done: { Type: 'Succeed' },
    });
    expect(output).toBe('caught');
    expect(types.filter((type) => type === 'ParallelStateStarted')).toHaveLength(2);
  });
});

describe('SFN-41 inline Map', () => {
  // state-map-inline.html: ItemSelector overrides each item; results keep the order of the items.
  test('runs every item through the processor, ItemSelector first', async () => {
    const Items = [
      { prod: 'R31', 'dest-code': 9511 },
      { prod: 'S39', 'dest-code': 9511 },
    ];
    const ItemSelector = { parcel: '{% $states.context.Map.Item.Value %}', courier: '{% $states.input.courier %}' };
    const { output } = await runWithHistory(
      inline(block({ Ship: { Type: 'Pass', End: true } }), { Items: '{% $states.input.items %}', ItemSelector }),
      {},
      { items: Items, courier: 'UQS' },
    );
    expect(output).toEqual(Items.map((parcel) => ({ parcel, courier: 'UQS' })));
  });

  test('takes the input itself as the items when Items is left out', async () => {
    expect((await runWithHistory(inline(block({ P: { Type: 'Pass', End: true } })), {}, [3, 4])).output).toEqual([3, 4]);
  });

  test('gives an empty array for no items', async () => {
    expect((await runWithHistory(inline(block({ P: { Type: 'Pass', End: true } }), { Items: [] }))).output).toEqual([]);
  });

  test('refuses items that are neither array nor object', async () => {
    expect((await runWithHistory(inline(block({ P: { Type: 'Pass', End: true } }), { Items: '{% 5 %}' }))).error).toBe(
      'States.QueryEvaluationError',
    );
  });

  test.each([
    [1, 40_000],
    [2, 20_000],
    [0, 10_000],
  ])('with MaxConcurrency %d takes %d ms for four waits of ten seconds', async (MaxConcurrency, tookMs) => {
    const { cloud, output } = await runWithHistory(
      inline(block({ W: { Type: 'Wait', Seconds: 10, End: true } }), { Items: [1, 2, 3, 4], MaxConcurrency }),
    );
    expect(cloud.clock.now() - STARTS_AT).toBe(tookMs);
    expect(output).toEqual([1, 2, 3, 4]);
  });

  test('runs at most 40 iterations at once, as AWS does', async () => {
    const { cloud } = await runWithHistory(
      inline(block({ W: { Type: 'Wait', Seconds: 10, End: true } }), { Items: Array.from({ length: 41 }, (_, index) => index) }),
    );
    expect(cloud.clock.now() - STARTS_AT).toBe(20_000);
  });

  test('aborts the other iterations when one fails, starts no further one, and can be caught', async () => {
    const processor = block({
      Which: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 2 %}', Next: 'Stop' }], Default: 'Wait' },
      Stop: { Type: 'Fail', Error: 'Bad' },
      Wait: { Type: 'Wait', Seconds: 3600, End: true },
    });
    const Each = {
      ...inline(processor, { Items: [1, 2, 3, 4], MaxConcurrency: 3 }).Each,
      End: undefined,
      Next: 'Done',
      Catch: [{ ErrorEquals: ['Bad'], Output: 'caught', Next: 'Done' }],
    };
    const { output, types, cloud } = await runWithHistory({ Each, Done: { Type: 'Succeed' } });
    expect(output).toBe('caught');
    expect(types.filter((type) => type === 'MapIterationStarted')).toHaveLength(3);
    expect(types.filter((type) => type === 'MapIterationAborted')).toHaveLength(2);
    expect(types).toContain('MapStateFailed');
    expect(cloud.clock.now()).toBe(STARTS_AT);
  });

  test('an inner Map whose outer branch is aborted ends with it', async () => {
    const inner = block({
      Inner: { Type: 'Map', Items: [1, 2], ItemProcessor: block({ W: { Type: 'Wait', Seconds: 3600, End: true } }), End: true },
    });
    const { error, types, cloud } = await runWithHistory({
      Both: {
        Type: 'Parallel',
        Branches: [inner, block({ Late: { Type: 'Wait', Seconds: 5, Next: 'Stop' }, Stop: { Type: 'Fail', Error: 'Outer' } })],
        End: true,
      },
    });
    expect(error).toBe('Outer');
    expect(types).toContain('MapStateAborted');
    expect(types).not.toContain('MapStateFailed');
    expect(cloud.clock.now() - STARTS_AT).toBe(5000);
  });

  test('gives the same history for the same inputs', async () => {
    const once = async () =>
      (await runWithHistory(inline(block({ Call: invokeTask('work') }), { Items: [1, 2, 3, 4, 5], MaxConcurrency: 2 }), failOn([])))
        .history;
    expect(await once()).toEqual(await once());
  });
});
