/** Research at scale: sweeps and evolutions over chunks in S3. Nothing here trades, runs by a schedule, or can touch what trading reads. */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EvolutionMachine } from '../constructs/research/evolution-machine.ts';
import { type ResearchParts, SweepMachine } from '../constructs/research/sweep-machine.ts';

export class ResearchStack extends Stack {
  constructor(scope: Construct, id: string, parts: ResearchParts) {
    super(scope, id, { description: 'Ballast: research sweeps and strategy evolution' });
    new SweepMachine(this, 'Sweep', parts);
    new EvolutionMachine(this, 'Evolution', parts);
  }
}
