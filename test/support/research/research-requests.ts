/** Small requests to the research machines, and how a test's fund runs them. */
import { S3Client } from '@aws-sdk/client-s3';
import { type ExecutionEnd, runExecution } from '../../../apps/cli/execution.ts';
import type { EvolutionRequest, SweepRequest } from '../../../shared/contracts/research.ts';
import { ResearchResults } from '../../../shared/stores/research-results.ts';
import { named, type TestFund } from '../boot-fund.ts';
import { handRules, simulatedPanel } from './hand-panel.ts';
import { researchBucket } from './research-cloud.ts';

export const storePanel = ({ fund }: TestFund): Promise<string> =>
  new ResearchResults(new S3Client(fund.cloud.clientConfig()), researchBucket).putPanel(
    simulatedPanel({ symbols: 2, moments: 120, seed: 'requests' }),
  );

export const runMachine = ({ fund }: TestFund, machine: string, input: object): Promise<ExecutionEnd> =>
  runExecution(fund, { stateMachineArn: `${fund.cloud.stateMachineArn(named(machine))}:current`, input: JSON.stringify(input) });

/** Four chunks of two combinations. */
export const sweepRequest = (panelId: string): SweepRequest => ({
  panelId,
  strategy: 'sma-cross',
  grid: 'fast=3|4,slow=8..11',
  rules: handRules(),
  chunksMin: 4,
  actor: 'ada',
});

/** Two islands of four, for two epochs of one generation. */
export const evolutionRequest = (panelId: string): EvolutionRequest => ({
  panelId,
  actor: 'ada',
  islands: 2,
  epochs: 2,
  generationsPerEpoch: 1,
  migrants: 1,
  holdOutFrac: 0.3,
  purgeMoments: 5,
  confidenceLevel: 0.95,
  search: {
    seed: 'small',
    space: { allowShort: false, depthMax: 2 },
    populationSize: 4,
    crossoverFrac: 0.6,
    mutationFrac: 0.3,
    neighbours: 2,
    archiveMax: 10,
    complexityReturnFrac: 0.005,
    tradesMin: 1,
  },
  rules: { costBps: 10, borrowAnnualFrac: 0.01, momentsPerYear: 252 },
});
