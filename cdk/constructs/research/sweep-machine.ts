/** Every combination of a grid over a panel: a plan, a Distributed Map over its chunks, and one result with its trials counted. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { env } from '../../../shared/contracts/names/index.ts';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { EventsStack } from '../../stacks/events-stack.ts';
import type { Stage } from '../../stage.ts';
import { AslMachine } from '../asl-machine.ts';
import { PlatformFunction } from '../platform-function.ts';
import { ComputeFunction } from './compute-function.ts';

export interface ResearchParts {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
}

export class SweepMachine extends Construct {
  constructor(scope: Construct, id: string, { stage, data, events }: ResearchParts) {
    super(scope, id);
    const common = { stage, dataKey: data.key, deadLetters: events.deadLetters };
    const runChunk = new ComputeFunction(this, 'RunSweepChunk', 'research/run-sweep-chunk', common)
      .readsObjects(data.research, 'panels/', 'sweeps/', 'chunks/')
      .mayFindNothing(data.research)
      .writesObjects(data.research, 'chunks/');
    const plan = new PlatformFunction(this, 'PlanSweep', 'research/plan-sweep', {
      ...common,
      timeout: Duration.minutes(2),
      memoryMb: 3008,
    })
      .readsObjects(data.research, 'panels/', 'sweeps/')
      .mayFindNothing(data.research)
      .writesObjects(data.research, 'sweeps/');
    plan.lambda.addEnvironment(env.researchCode, runChunk.codeSha256);
    const finish = new PlatformFunction(this, 'FinishSweep', 'research/finish-sweep', {
      ...common,
      timeout: Duration.minutes(5),
      memoryMb: 3008,
    })
      .readsObjects(data.research, 'sweeps/', 'chunks/', 'runs/')
      .mayFindNothing(data.research)
      .writesObjects(data.research, 'sweeps/')
      .puts(data.trials);

    new AslMachine(this, 'ResearchSweep', {
      stage,
      definition: 'research-sweep',
      functions: { plan, runChunk, finish },
      alerts: events.alerts,
    })
      .mayRunChildren()
      .mayReadObjects(data.research, data.key, 'sweeps/')
      .mayWriteObjects(data.research, data.key, 'runs/');
  }
}
