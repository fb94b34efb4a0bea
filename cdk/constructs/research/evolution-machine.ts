/** Islands of strategies that evolve apart and exchange their best between epochs. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { env } from '../../../shared/contracts/names/index.ts';
import { AslMachine } from '../asl-machine.ts';
import { PlatformFunction } from '../platform-function.ts';
import { ComputeFunction } from './compute-function.ts';
import type { ResearchParts } from './sweep-machine.ts';

export class EvolutionMachine extends Construct {
  constructor(scope: Construct, id: string, { stage, data, events }: ResearchParts) {
    super(scope, id);
    const common = { stage, dataKey: data.key, deadLetters: events.deadLetters };
    const evolveIsland = new ComputeFunction(this, 'EvolveIsland', 'research/evolve-island', common)
      .readsObjects(data.research, 'panels/', 'evolutions/')
      .mayFindNothing(data.research)
      .writesObjects(data.research, 'evolutions/');
    const plan = new PlatformFunction(this, 'PlanEvolution', 'research/plan-evolution', common)
      .readsObjects(data.research, 'panels/', 'evolutions/')
      .mayFindNothing(data.research)
      .writesObjects(data.research, 'evolutions/');
    plan.lambda.addEnvironment(env.researchCode, evolveIsland.codeSha256);
    const inBetween = { ...common, timeout: Duration.minutes(5), memoryMb: 1769 };
    const migrate = new PlatformFunction(this, 'MigrateIslands', 'research/migrate-islands', inBetween)
      .readsObjects(data.research, 'evolutions/')
      .writesObjects(data.research, 'evolutions/');
    const finish = new PlatformFunction(this, 'FinishEvolution', 'research/finish-evolution', inBetween)
      .readsObjects(data.research, 'panels/', 'evolutions/')
      .writesObjects(data.research, 'evolutions/')
      .puts(data.trials);

    new AslMachine(this, 'EvolveStrategies', {
      stage,
      definition: 'evolve-strategies',
      functions: { plan, evolveIsland, migrate, finish },
      alerts: events.alerts,
    })
      .mayRunChildren()
      .mayReadObjects(data.research, data.key, 'evolutions/');
  }
}
