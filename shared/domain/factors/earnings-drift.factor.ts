/**
 * Post-earnings-announcement drift: prices go on moving for about three months in the direction of an earnings surprise.
 *
 * 1. The latest release's standardised unexpected earnings.                                       earnings-surprise.ts
 * 2. age = sessions after the announcement day, up to and with the one that is decided on; the first possible is 1.
 * 3. value = surprise × (driftSessions − age + 1) / driftSessions: what is left of the drift, taken as even. Absent once it is over.
 *
 * Source: Bernard & Thomas (1989), J. Accounting Research 27: most of the drift falls within 60 sessions of the announcement.
 * Not covered: the jump at the next announcements, and what was released before the open of a session already traded on; it counts as
 * announced that day, as what comes after the close does.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { calendarCovers, countSessions } from '../market/calendar.ts';
import { earningsSurprise } from './earnings-surprise.ts';
import { absent, type Factor, type FactorContext, type FactorReading, type FactorView } from './factor.ts';

export const earningsDriftFactor: Factor = {
  name: 'earnings-drift',
  read: (views, context) => views.map((view) => readOne(view, context)),
};

function readOne({ facts }: FactorView, { asOf, rules }: FactorContext): FactorReading {
  const { driftSessions } = rules.earnings;
  const surprise = earningsSurprise(facts.earnings, asOf, rules.earnings);
  if (isRefusal(surprise)) return absent(surprise.reason);
  if (!calendarCovers(surprise.announcedOn)) return absent('drift-over');
  const ageSessions = countSessions((surprise.announcedOn + 1) as EpochDay, asOf);
  if (ageSessions > driftSessions) return absent('drift-over');

  const remainingFrac = (driftSessions - ageSessions + 1) / driftSessions;
  const { standardized, unexpectedUsd, deviationUsd, pastSurprises, against } = surprise;
  return {
    kind: 'reading',
    value: standardized * remainingFrac,
    evidence: {
      standardized,
      unexpectedUsd,
      deviationUsd,
      pastSurprises,
      ageSessions,
      remainingFrac,
      toEstimate: against === 'estimate' ? 1 : 0,
    },
  };
}
