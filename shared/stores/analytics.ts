/**
 * Where analytics lies in the lake: one point per cycle, one document of metrics per day, and the reports.
 *
 *   analytics/cycles/<cycleId>.json    written once: it rests on what a cycle leaves behind and never changes
 *   analytics/daily/<day>.json         made from the points, again and again; the same points give the same bytes
 *   reports/<day>/report.{md,html,json}            the last revision
 *   reports/<day>/revisions/<n>.{md,html,json}     every revision
 *
 * A listing of S3 is as strong as a read, so it is the index: no second list could disagree with the objects.
 */
import * as z from 'zod';
import type { CyclePoint } from '../domain/analytics/cycle-point.ts';
import type { DailyMetrics } from '../domain/analytics/daily-metrics.ts';
import { isRefusal, type Refusal } from '../kernel/refusal.ts';
import type { LakeDocuments } from './lake/documents.ts';
import { inParallel } from './lake/in-parallel.ts';
import { lakeKeys } from './lake/keys.ts';

export interface StoredReport {
  readonly revision: number;
  /** Of the document that the report shows. */
  readonly sha256: string;
  readonly document: unknown;
}

export interface ReportTexts {
  readonly markdown: string;
  readonly html: string;
}

const Point = z.looseObject({ schema: z.literal('ballast.cycle-point/1') });
const Daily = z.looseObject({ schema: z.literal('ballast.daily-metrics/1') });
const Report = z.object({ revision: z.number().int().positive(), sha256: z.string(), document: z.unknown() });
const readsAtOnce = 16;

export class AnalyticsStore {
  readonly #lake: LakeDocuments;

  constructor(lake: LakeDocuments) {
    this.#lake = lake;
  }

  /** The first delivery's stands: what is booked later belongs to later cycles. */
  async addPoint(point: CyclePoint): Promise<void> {
    await this.#lake.putJsonIfAbsent(lakeKeys.cyclePoint(point.cycleId), point);
  }

  /** Ids of the cycles that have a point, oldest first. */
  async cycles(): Promise<string[]> {
    return (await this.#lake.keysUnder('analytics/cycles/')).map(nameOf);
  }

  /** In the order asked; a point that is not there is left out. */
  async points(cycleIds: readonly string[]): Promise<CyclePoint[]> {
    const found = await inParallel(cycleIds, readsAtOnce, (id) => this.#lake.getJson(lakeKeys.cyclePoint(id), Point));
    return found.flatMap((one) => (isRefusal(one) ? [] : [one as object as CyclePoint]));
  }

  putDaily(metrics: DailyMetrics): Promise<void> {
    return this.#lake.putJson(lakeKeys.dailyMetrics(metrics.day), metrics);
  }

  /** Up to and with that day, oldest first. */
  async daysUntil(day: string): Promise<DailyMetrics[]> {
    const days = (await this.#lake.keysUnder('analytics/daily/')).map(nameOf).filter((one) => one <= day);
    const found = await inParallel(days, readsAtOnce, (one) => this.#lake.getJson(lakeKeys.dailyMetrics(one), Daily));
    return found.flatMap((one) => (isRefusal(one) ? [] : [one as object as DailyMetrics]));
  }

  async report(day: string): Promise<StoredReport | Refusal> {
    return this.#lake.getJson(lakeKeys.report(day, 'json'), Report);
  }

  /** The revision first and the pointer to it last: whoever reads the last revision finds all of it. */
  async putReport(day: string, report: StoredReport, texts: ReportTexts): Promise<void> {
    const keys = [
      (extension: string) => lakeKeys.reportRevision(day, report.revision, extension),
      (extension: string) => lakeKeys.report(day, extension),
    ];
    for (const key of keys) {
      await Promise.all([
        this.#lake.putText(key('md'), texts.markdown, 'text/markdown; charset=utf-8'),
        this.#lake.putText(key('html'), texts.html, 'text/html; charset=utf-8'),
      ]);
      await this.#lake.putJson(key('json'), report);
    }
  }
}

const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1, -'.json'.length);
