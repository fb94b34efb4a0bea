/** The state machines as they are written, and as the templates deploy them. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import aslValidator from 'asl-validator';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Assembly, devAssembly, projectRoot } from './support/assembly.ts';
import { allowing, statementsOf } from './support/statements.ts';
import { isObject, type Json, type Resource } from './support/templates.ts';

type State = { readonly [key: string]: Json };

const machines = globSync('state-machines/*.asl.json', { cwd: projectRoot }).map((file) => {
  const definition = JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as State;
  return { name: basename(file, '.asl.json'), definition, states: statesOf(definition) };
});

/** The one way a Lambda is retried here: what failed on the way, a function that died, or what we ourselves call transient; never a contract or an invariant. */
const retryPolicies: Readonly<Record<string, Json>> = {
  transient: [
    {
      ErrorEquals: [
        'TransientFailure',
        'Runtime.ExitError',
        'Lambda.TooManyRequestsException',
        'Lambda.ServiceException',
        'Lambda.AWSLambdaException',
        'Lambda.SdkClientException',
      ],
      IntervalSeconds: 1,
      BackoffRate: 2,
      MaxAttempts: 3,
      MaxDelaySeconds: 8,
      JitterStrategy: 'FULL',
    },
  ],
};

const caught = (error: string, next: string): Json => ({
  ErrorEquals: [error],
  Assign: { failure: '{% $states.errorOutput %}' },
  Next: next,
});
/** Goes on with other variables beside the failure. */
const caughtAnd = (error: string, next: string, assigned: { readonly [name: string]: Json }): Json => ({
  ErrorEquals: [error],
  Assign: { failure: '{% $states.errorOutput %}', ...assigned },
  Next: next,
});
const haltOrFail: Json = [caught('InvariantViolation', 'Halt Trading'), caught('States.ALL', 'Fail Cycle')];

/** States that catch otherwise, and why. */
const otherCatches: Readonly<Record<string, { readonly catches: Json; readonly because: string }>> = {
  'trading-cycle/Halt Trading': {
    catches: [caught('States.ALL', 'Fail Cycle')],
    because: 'it is where an invariant leads; from there it can only fail',
  },
  'trading-cycle/Fail Cycle': { catches: [], because: 'when this fails too, the failed execution itself is the alarm' },
  'reconcile/Reconcile': {
    catches: [caught('InvariantViolation', 'Halt Trading'), caught('States.ALL', 'Fail Reconciliation')],
    because: 'there is no cycle to fail',
  },
  'reconcile/Halt Trading': {
    catches: [caught('States.ALL', 'Fail Reconciliation')],
    because: 'it is where an invariant leads; from there it can only fail',
  },
  'reconcile/Fail Reconciliation': { catches: [], because: 'when this fails too, the failed execution itself is the alarm' },
  'stop/Sweep Orders': {
    catches: [caughtAnd('States.ALL', 'Is Anything Open?', { sweep: { stillOpen: -1, lifted: false }, pass: '{% $pass + 1 %}' })],
    because: 'a pass that failed is followed by another: what works must still be stopped',
  },
  'stop/Permit Liquidation': {
    catches: [caught('States.ALL', 'Liquidation Failed')],
    because: 'the fund is halted already; that nothing was sold is the alarm',
  },
  'stop/Liquidate': {
    catches: [
      caught('InvariantViolation', 'Liquidation Failed'),
      caughtAnd('States.ALL', 'Is It Sold?', { sale: { working: -1, stuck: [] }, pass: '{% $pass + 1 %}' }),
    ],
    because: 'a pass that failed is followed by another, which asks before it sends',
  },
  'stop/Record Liquidation': { catches: [caught('States.ALL', 'Liquidation Failed')], because: 'as for its permit' },
  'work-order/Work Slice': {
    catches: [
      caught('InvariantViolation', 'Halt Trading'),
      caughtAnd('States.ALL', 'Is It Worth Another Try?', { failures: '{% $failures + 1 %}' }),
    ],
    because: 'a slice that failed is followed by another try, which asks before it sends; only many in a row end the parent',
  },
  'work-order/Halt Trading': {
    catches: [],
    because: 'as for Fail Cycle: when this fails too, the failed execution itself is the alarm',
  },
  'ingest/Plan Ingest': {
    catches: [],
    because: 'an ingest that fails leaves the data set before it in place; the failed execution is the alarm',
  },
  'ingest/Ingest Chunk': { catches: [], because: 'as above' },
  'ingest/Finish Ingest': { catches: [], because: 'as above' },
  'research-sweep/Plan Sweep': {
    catches: [],
    because: 'nothing trades on it; the failed execution is the alarm, and the next start goes on',
  },
  'research-sweep/Run Sweep Chunk': { catches: [], because: 'a chunk that failed is reported by Finish Sweep' },
  'research-sweep/Finish Sweep': { catches: [], because: 'as for its plan' },
  'evolve-strategies/Plan Evolution': { catches: [], because: 'as for a sweep' },
  'evolve-strategies/Evolve Island': { catches: [], because: 'as above' },
  'evolve-strategies/Migrate Islands': { catches: [], because: 'as above' },
  'evolve-strategies/Finish Evolution': { catches: [], because: 'as above' },
};

function statesOf(definition: State): ReadonlyMap<string, State> {
  const found = new Map<string, State>();
  for (const [name, state] of Object.entries((definition.States ?? {}) as Record<string, State>)) {
    found.set(name, state);
    const inner = [state.ItemProcessor, ...((state.Branches ?? []) as Json[])].filter(isObject);
    for (const part of inner) for (const [innerName, innerState] of statesOf(part)) found.set(innerName, innerState);
  }
  return found;
}

/** What is wrong with a state by the house rules. */
function faults(machine: string, name: string, state: State): string[] {
  const found: string[] = [];
  const say = (problem: string): void => void found.push(`${machine}/${name} ${problem}`);
  if (typeof state.Comment !== 'string' || !/^[A-Z].*\.$/s.test(state.Comment)) say('has no comment that is a sentence');
  if (state.QueryLanguage !== undefined) say('speaks a language of its own');
  if (state.Type !== 'Task') return found;
  if (!(Number(state.TimeoutSeconds) > 0)) say('has no TimeoutSeconds');
  if (!Object.values(retryPolicies).some((policy) => JSON.stringify(policy) === JSON.stringify(state.Retry ?? null)))
    say('is retried by no named policy');
  const catches = otherCatches[`${machine}/${name}`]?.catches ?? haltOrFail;
  if (JSON.stringify(state.Catch ?? []) !== JSON.stringify(catches)) say(`catches otherwise than ${JSON.stringify(catches)}`);
  return found;
}

describe.each(machines)('$name', ({ name, definition, states }) => {
  test('is valid Amazon States Language', () => {
    expect(validated(definition)).toMatchObject({ isValid: true, errors: [] });
  });

  test('speaks JSONata, says what it is for and has a deadline', () => {
    expect(definition).toMatchObject({
      QueryLanguage: 'JSONata',
      Comment: expect.stringMatching(/\.$/),
      TimeoutSeconds: expect.any(Number),
    });
  });

  test('has only states that are explained, bounded, retried by name and caught in order', () => {
    expect([...states].flatMap(([state, declared]) => faults(name, state, declared))).toEqual([]);
  });

  test('lets every state be reached from the first', () => {
    expect([...states.keys()].filter((state) => !reachable(definition).has(state))).toEqual([]);
  });
});

test('exceptions to the catches are of states that there are', () => {
  const all = machines.flatMap(({ name, states }) => [...states.keys()].map((state) => `${name}/${state}`));
  expect(Object.keys(otherCatches).filter((state) => !all.includes(state))).toEqual([]);
});

describe('the check of a state finds', () => {
  const good = machines.find(({ name }) => name === 'trading-cycle')!.states.get('Check Risk')!;
  const broken: readonly (readonly [string, State])[] = [
    ['a missing comment', { ...good, Comment: '' }],
    ['a missing timeout', without(good, 'TimeoutSeconds')],
    ['no retry', without(good, 'Retry')],
    ['a retry of everything', { ...good, Retry: [{ ErrorEquals: ['States.ALL'] }] }],
    ['no catch', without(good, 'Catch')],
    ['catches in the wrong order', { ...good, Catch: [...(good.Catch as Json[])].reverse() }],
  ];

  test('nothing in a good one', () => expect(faults('trading-cycle', 'Check Risk', good)).toEqual([]));
  test.each(broken)('%s', (_what, state) => expect(faults('trading-cycle', 'Check Risk', state)).toHaveLength(1));

  test('a transition to nowhere, by the validator', () => {
    const { definition } = machines.find(({ name }) => name === 'ingest')!;
    expect(validated({ ...definition, StartAt: 'Nowhere' }).isValid).toBe(false);
  });
});

describe('in the templates', () => {
  let assembly: Assembly;
  let deployed: Resource[];

  beforeAll(async () => {
    assembly = await devAssembly();
    deployed = assembly.templates.all('AWS::StepFunctions::StateMachine');
  });

  test('every machine is there, Standard, traced, and logs everything', () => {
    expect(deployed.map((machine) => machine.text('StateMachineName')).sort()).toEqual(
      machines.map(({ name }) => `ballast-dev-${name}`).sort(),
    );
    for (const machine of deployed) {
      expect(machine.at('StateMachineType'), machine.name).toBe('STANDARD');
      expect(machine.at('TracingConfiguration.Enabled'), machine.name).toBe(true);
      expect(machine.at('LoggingConfiguration'), machine.name).toMatchObject({ Level: 'ALL', IncludeExecutionData: true });
    }
  });

  test('every machine is what its file says, with a function version for each name it asks for', () => {
    for (const machine of deployed) {
      const key = machine.text('DefinitionS3Location.Key');
      const text = readFileSync(join(assembly.directory, `asset.${key}`), 'utf8');
      expect(JSON.parse(text)).toEqual(machines.find(({ name }) => machine.text('StateMachineName').endsWith(`-${name}`))!.definition);
      const asked = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!));
      const given = substitutions(machine);
      expect([...given.keys()].sort()).toEqual([...asked].sort());
      expect(new Set([...given.values()].map(({ type }) => type))).toEqual(new Set(['AWS::Lambda::Version']));
    }
  });

  test('a machine may invoke every version of the functions it names, and no other function', () => {
    const statements = statementsOf(assembly.templates);
    for (const machine of deployed) {
      const role = assembly.templates.named(machine.text('RoleArn')).name;
      const granted = allowing(statements, 'lambda:InvokeFunction').filter(({ holder }) => holder === role);
      const named = [...substitutions(machine).values()].map((version) => `${version.text('FunctionName')}.Arn:*`);
      expect(granted.flatMap(({ resources }) => resources).sort()).toEqual(named.sort());
    }
  });

  test('a version that a running execution may use outlives the deploy that replaces it', () => {
    const versions = assembly.templates.all('AWS::Lambda::Version', 'AWS::StepFunctions::StateMachineVersion');
    expect(
      versions
        .filter(({ deletionPolicy, updateReplacePolicy }) => deletionPolicy !== 'Retain' || updateReplacePolicy !== 'Retain')
        .map(({ name }) => name),
    ).toEqual([]);
    expect(versions.length).toBeGreaterThan(machines.length);
  });

  test('every machine has an alias that routes all executions to the version of this deploy', () => {
    const routed = assembly.templates.all('AWS::StepFunctions::StateMachineAlias').map((alias) => {
      const [route, ...others] = alias.list('RoutingConfiguration');
      expect(others).toEqual([]);
      expect(route).toMatchObject({ Weight: 100 });
      const version = assembly.templates.named(alias.resolve((route as { StateMachineVersionArn: Json }).StateMachineVersionArn));
      expect(version.text('StateMachineRevisionId')).toBe(`${version.text('StateMachineArn')}.StateMachineRevisionId`);
      return version.text('StateMachineArn');
    });
    expect(routed.sort()).toEqual(deployed.map(({ name }) => name).sort());
  });

  test('a task waits at least as long as its function may take', () => {
    const impatient = deployed.flatMap((machine) => {
      const { name, states } = machines.find((one) => machine.text('StateMachineName').endsWith(`-${one.name}`))!;
      const given = substitutions(machine);
      return [...states].flatMap(([state, declared]) => {
        const asked = /\$\{(\w+)\}/.exec(JSON.stringify(declared.Arguments ?? ''))?.[1];
        if (declared.Type !== 'Task' || asked === undefined) return [];
        const seconds = Number(assembly.templates.named(given.get(asked)!.text('FunctionName')).at('Timeout'));
        return Number(declared.TimeoutSeconds) < seconds ? [`${name}/${state}`] : [];
      });
    });
    expect(impatient).toEqual([]);
  });

  function substitutions(machine: Resource): ReadonlyMap<string, Resource> {
    const given = machine.at('DefinitionSubstitutions');
    return new Map(
      isObject(given) ? Object.entries(given).map(([name, version]) => [name, assembly.templates.named(machine.resolve(version))]) : [],
    );
  }
});

function reachable(definition: State): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (machine: State): void => {
    const states = machine.States as Record<string, State>;
    const queue = [String(machine.StartAt)];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      const state = states[name];
      if (!state || seen.has(name)) continue;
      seen.add(name);
      queue.push(...nextsOf(state));
      for (const part of [state.ItemProcessor, ...((state.Branches ?? []) as Json[])].filter(isObject)) visit(part);
    }
  };
  visit(definition);
  return seen;
}

const nextsOf = (state: State): string[] =>
  [state, ...((state.Choices ?? []) as State[]), ...((state.Catch ?? []) as State[])]
    .map(({ Next }) => Next)
    .concat(state.Default ?? [])
    .filter((next) => typeof next === 'string');

function without(state: State, key: string): State {
  return Object.fromEntries(Object.entries(state).filter(([name]) => name !== key));
}

/** On a copy: the validator writes into what it is given. */
const validated = (definition: State) => aslValidator(structuredClone(definition));
