/**
 * `ballast report`: the daily report, made now from what is measured, on this machine or of a deployed fund. It is the report that the schedule
 * publishes after the close; made here, nothing is written to the fund and nothing published.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { reportDocument } from '../../../shared/domain/analytics/report-document.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { reportMarkdown } from '../../../shared/runtime/daily-report/render-markdown.ts';
import { reportPage } from '../../../shared/runtime/daily-report/render-page.ts';
import { AnalyticsStore } from '../../../shared/stores/analytics.ts';
import type { CommandHost } from '../command-host.ts';
import { withLake } from '../cycle-lookup.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { renderReport } from '../render/report.ts';

export interface ReportArguments extends StoresArguments {
  /** The last day it covers; without it, the last one measured. */
  readonly day?: EpochDay;
  /** A folder for the page and its Markdown. */
  readonly out?: string;
  readonly json?: boolean;
}

const afterEveryDay = '9999-12-31';

export async function showReport({ day, out, json, ...options }: ReportArguments, host: CommandHost): Promise<ExitCode> {
  const days = await withLake(options, host, (_, lake) =>
    new AnalyticsStore(lake).daysUntil(day === undefined ? afterEveryDay : formatDay(day)),
  );
  const document = reportDocument(days);
  if (isRefusal(document)) {
    const until = day === undefined ? '' : ` up to ${formatDay(day)}`;
    throw new BadInput(`No cycle has been measured${until}: a report begins with the first cycle that completes.`);
  }
  host.io.out(json ? JSON.stringify(document) : renderReport(document, host.io));
  if (out === undefined) return exitCodes.done;
  const folder = resolve(host.cwd, out);
  mkdirSync(folder, { recursive: true });
  const texts = { md: reportMarkdown(document), html: reportPage(document) };
  for (const [extension, text] of Object.entries(texts)) {
    const file = join(folder, `ballast-${document.day}.${extension}`);
    writeFileSync(file, text);
    if (!json) host.io.out(host.io.colors.dim(`wrote ${file}`));
  }
  return exitCodes.done;
}
