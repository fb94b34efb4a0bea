/** The ways of the ingest machine; it has no catch, for a failed ingest leaves the data set before it in place. */
import { expect } from 'vitest';
import { ingest } from '../../support/simulated-lake.ts';
import { pathOf, type Scenario } from '../support/scenario.ts';

export const ingests: readonly Scenario[] = [
  {
    title: 'ingests the simulated market and publishes it as the current data set',
    options: { data: false },
    async run(fund) {
      const end = await ingest(fund.fund, { kind: 'simulator', seed: 1 });
      expect(JSON.parse(end.output!)).toEqual({ outcome: 'ingested', datasetId: 'sim-1', symbols: 60, blocked: 6 });
      expect(await fund.fund.lake.readManifest('current')).toMatchObject({ datasetId: 'sim-1' });
      expect(pathOf(fund, 'ingest')).toEqual(['Plan Ingest', 'Ingest Chunks', 'Ingest Chunk', 'Finish Ingest', 'Ingest Complete']);
    },
  },
  {
    title: 'does nothing when the very content is there already',
    async run(fund) {
      const end = await ingest(fund.fund, { kind: 'simulator', seed: 1 });
      expect(JSON.parse(end.output!)).toEqual({ outcome: 'unchanged', datasetId: 'sim-1' });
      expect(pathOf(fund, 'ingest')).toEqual(['Plan Ingest', 'Data Set Is Current']);
    },
  },
];
