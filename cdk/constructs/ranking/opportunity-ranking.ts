/**
 * The opportunity ranker: one function, started at half past each hour from 09:30 to 15:30 New York, so that a list is there at the open and a
 * quarter of an hour before the afternoon's cycle, and at 12:30 before the one of a short session. On a day without trading, and after an
 * early close, the function refuses.
 */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { EventsStack } from '../../stacks/events-stack.ts';
import type { Stage } from '../../stage.ts';
import { MarketSchedule } from '../market-schedule.ts';
import { PlatformFunction } from '../platform-function.ts';
import { RunbookAlarm } from '../runbook-alarm.ts';

export interface OpportunityRankingProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
}

export class OpportunityRanking extends Construct {
  constructor(scope: Construct, id: string, { stage, data, events }: OpportunityRankingProps) {
    super(scope, id);
    const rank = new PlatformFunction(this, 'RankOpportunities', 'ranking/rank-opportunities', {
      stage,
      dataKey: data.key,
      deadLetters: events.deadLetters,
      timeout: Duration.minutes(2),
    })
      .gets(data.policy, data.operations)
      .puts(data.operations)
      .readsObjects(data.lake, 'datasets/', 'quality/', 'bars/', 'fundamentals/', 'earnings/', 'news/', 'opportunities/')
      .mayFindNothing(data.lake)
      .writesObjects(data.lake, 'opportunities/')
      .publishesTo(events.bus)
      .dropsLateEvents();
    new MarketSchedule(this, 'Hourly', {
      stage,
      name: 'rank-hourly',
      starts: rank,
      at: { atMinute: 30, ofHours: [9, 15] },
      deadLetters: events.deadLetters,
    });
    new RunbookAlarm(this, 'RankingFailing', {
      says: 'The opportunity ranker failed: without a list of the last 90 minutes a cycle opens nothing.',
      runbook: 'ranking-failing',
      notifies: events.alerts,
      metric: rank.lambda.metricErrors({ period: Duration.hours(1) }),
      threshold: 1,
    });
  }
}
