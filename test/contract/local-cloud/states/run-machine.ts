/** One run of a small machine on the fake cloud, and the parts that machines of several cards are made of. */
import { createFakeCloud, type FakeCloudOptions, machineOf, named } from './fake-cloud.ts';

export async function run(states: Record<string, object>, options: FakeCloudOptions = {}, input: unknown = {}, rest: object = {}) {
  const cloud = createFakeCloud(options);
  const arn = await cloud.declare('machine', machineOf(states, rest));
  return { cloud, ...(await cloud.run(arn, input, 'run')) };
}

export async function runWithHistory(states: Record<string, object>, options: FakeCloudOptions = {}, input: unknown = {}) {
  const ran = await run(states, options, input);
  const history = await ran.cloud.history(ran.executionArn);
  return { ...ran, history, types: history.map(({ type }) => type) };
}

/** States as a branch or an item processor holds them. */
export const block = (states: Record<string, object>, rest: object = {}) => ({ StartAt: Object.keys(states)[0], States: states, ...rest });

export const inline = (processor: object, rest: object = {}) => ({
  Each: { Type: 'Map', ItemProcessor: processor, End: true, ...rest },
});

/** A function `work` that gives its payload back, or throws `Bad` for these. */
export const failOn = (bad: readonly unknown[]) => ({
  functions: {
    work: ({ payload }: { payload: unknown }) => {
      if (bad.includes(payload)) throw named('Bad', String(payload));
      return payload;
    },
  },
});

/** A function `work` that always throws this. */
export const failing = (error: Error) => ({
  functions: {
    work: () => {
      throw error;
    },
  },
});
