/**
 * The report as one self-contained page: no script, no font, no picture from elsewhere, so that it opens from a disk, an e-mail or S3, and still
 * does in ten years. Charts are inline SVG with a description; the numbers stand in tables below them.
 */
import type { ReportDocument } from '../../domain/analytics/report-document.ts';
import { pageStyle } from '../page/page-style.ts';
import { contentSecurityPolicy, figures, navigation, sectionMarkup } from '../page/sections.ts';
import { escaped } from '../page/svg.ts';
import { operationsSections } from './operations-sections.ts';
import { headline, performanceSections } from './performance-sections.ts';

export function reportPage(document: ReportDocument): string {
  const sections = [...performanceSections(document), ...operationsSections(document)];
  const { day, sinceDay, today } = document;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${contentSecurityPolicy}
<title>Ballast, ${escaped(day)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<p class="brand">BALLAST</p>
<h1>Daily report <time datetime="${escaped(day)}">${escaped(day)}</time></h1>
<p class="standing">since ${escaped(sinceDay)} · ${escaped(today.cycleId)} · mode ${escaped(today.mode)}</p>
</header>
<main>
${figures(headline(document))}
${navigation(sections)}
${sections.map(sectionMarkup).join('\n')}
</main>
<footer>Made from the metrics of every cycle since ${escaped(sinceDay)}; the same metrics make the same report. A dash is a figure that cannot be given.</footer>
</body>
</html>
`;
}
