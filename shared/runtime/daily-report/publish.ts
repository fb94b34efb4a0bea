/**
 * Writes the report of a day and says so on the bus.
 *
 * 1. The document of the day, from the metrics of every day up to it.
 * 2. Its hash says whether it is a new one: the same metrics make the same document, which is written once.
 * 3. Another document of the same day, because a late cycle was measured or a dividend of an earlier day was, is the next revision: every revision
 *    stays under its number, and `report.md` and `report.html` are the last one.
 * 4. The event has the hash in its id: published twice, it is heard once.
 */
import type { BallastEvent } from '../../contracts/events.ts';
import { type ReportDocument, reportDocument } from '../../domain/analytics/report-document.ts';
import { contentHash } from '../../kernel/canonical-json.ts';
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochMs } from '../../kernel/units.ts';
import type { AnalyticsStore } from '../../stores/analytics.ts';
import type { EventPublisher } from '../../stores/events.ts';
import { lakeKeys } from '../../stores/lake/keys.ts';
import { orDash, percent, signedPercent, usd } from '../page/format.ts';
import { reportMarkdown } from './render-markdown.ts';
import { reportPage } from './render-page.ts';

export interface PublishedReport {
  readonly kind: 'published';
  readonly day: string;
  readonly revision: number;
  readonly key: string;
  readonly summary: string;
}

export interface PublishNeeds {
  readonly analytics: AnalyticsStore;
  readonly events: EventPublisher;
}

/** Refused when no cycle of that day was measured. */
export async function publishReport(
  day: string,
  at: EpochMs,
  { analytics, events }: PublishNeeds,
): Promise<PublishedReport | Refusal<'nothing-measured'>> {
  const document = reportDocument(await analytics.daysUntil(day));
  if (isRefusal(document)) return document;
  if (document.day !== day) return refuse('nothing-measured', { day, last: document.day });
  const sha256 = contentHash(document);
  const standing = await analytics.report(day);
  const revision = isRefusal(standing) ? 1 : standing.revision + Number(standing.sha256 !== sha256);
  if (isRefusal(standing) || standing.sha256 !== sha256) {
    const texts = { markdown: reportMarkdown(document), html: reportPage(document) };
    await analytics.putReport(day, { revision, sha256, document }, texts);
  }
  const published: PublishedReport = { kind: 'published', day, revision, key: lakeKeys.report(day, 'html'), summary: summaryOf(document) };
  await events.publish([reportPublished(published, sha256, at)]);
  return published;
}

function reportPublished({ day, key, summary }: PublishedReport, sha256: string, at: EpochMs): BallastEvent {
  const detail = { eventId: `report/${day}/${sha256.slice(0, 16)}`, at: new Date(at).toISOString(), summary, day, key };
  return { type: 'ReportPublished', detail };
}

/** One line, for an alert. */
export function summaryOf({ day, today, last, performance }: ReportDocument): string {
  const session = orDash(last, ({ returnFrac, marketReturnFrac }) => {
    return `${signedPercent(returnFrac)} (market ${orDash(marketReturnFrac, (frac) => signedPercent(frac))})`;
  });
  const total = orDash(performance.totalReturnFrac, (frac) => signedPercent(frac));
  const drawdown = orDash(performance.maxDrawdownFrac, (frac) => percent(frac));
  return `Report ${day}: equity ${usd(today.equityUsd)}, last session ${session}, since the start ${total}, max drawdown ${drawdown}, ${today.cost.filledOrders} of ${today.cost.orders} orders filled.`;
}
