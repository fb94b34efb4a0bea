/** Market data in: plan the work, ingest each chunk of symbols on its own, publish the dataset last and whole. */
import { Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { env } from '../../shared/contracts/names/index.ts';
import { AslMachine } from '../constructs/asl-machine.ts';
import { MarketSchedule } from '../constructs/market-schedule.ts';
import { MissingAlarm } from '../constructs/missing-alarm.ts';
import { PlatformFunction } from '../constructs/platform-function.ts';
import type { Stage } from '../stage.ts';
import type { DataStack } from './data-stack.ts';
import type { EventsStack } from './events-stack.ts';

export interface IngestStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
}

export class IngestStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, events }: IngestStackProps) {
    super(scope, id, { description: 'Ballast: market data ingest' });
    const common = { stage, dataKey: data.key, deadLetters: events.deadLetters };

    const plan = new PlatformFunction(this, 'PlanIngest', 'market-data/plan-ingest', {
      ...common,
      timeout: Duration.minutes(5),
      memoryMb: 3008,
    })
      .readsObjects(data.lake, 'inbox/', 'datasets/')
      .mayFindNothing(data.lake)
      .writesObjects(data.lake, 'datasets/');
    const ingestChunk = new PlatformFunction(this, 'IngestChunk', 'market-data/ingest-chunk', {
      ...common,
      timeout: Duration.minutes(15),
      memoryMb: 3008,
    })
      .readsObjects(data.lake, 'inbox/')
      .writesObjects(data.lake, 'bars/', 'fundamentals/', 'earnings/', 'news/', 'quality/', 'datasets/');
    const finish = new PlatformFunction(this, 'FinishIngest', 'market-data/finish-ingest', common)
      .readsObjects(data.lake, 'datasets/')
      .writesObjects(data.lake, 'datasets/')
      .publishesTo(events.bus);

    const ingest = new AslMachine(this, 'Ingest', {
      stage,
      definition: 'ingest',
      functions: { plan, ingestChunk, finish },
      alerts: events.alerts,
    }).mayRunChildren();
    ingest.mayReadObjects(data.lake, data.key, 'datasets/');

    const start = new PlatformFunction(this, 'StartIngest', 'market-data/start-ingest', common).dropsLateEvents();
    start.lambda.addEnvironment(env.stateMachine, ingest.aliasArn);
    ingest.grantStart(start.lambda);
    new MarketSchedule(this, 'Nightly', {
      stage,
      name: 'ingest-nightly',
      starts: start,
      at: stage.ingestTime,
      deadLetters: events.deadLetters,
    });

    new MissingAlarm(this, 'IngestMissing', {
      says: 'No ingest completed on a weekday.',
      runbook: 'ingest-missing',
      notifies: events.alerts,
      accountedBy: { completed: ingest.machine.metricSucceeded() },
    });
  }
}
