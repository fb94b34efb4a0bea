/** What the tear sheet adds to the page's look: stamps, folds, bands, marks; and white ground where the reader's system asks for it. */
import { lightPalette, pageStyle } from '../page/page-style.ts';

export const tearSheetStyle = `${pageStyle}
.stamps{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:8px 14px;margin:14px 0 0;padding:0;list-style:none}
.stamp{padding:8px 12px;border:1px solid var(--edge);border-left:4px solid var(--steel);background:var(--panel);font-size:13px}
.stamp strong{display:block;font-size:11px;letter-spacing:.1em;text-transform:uppercase;color:var(--quiet)}
.stamp.good{border-left-color:var(--up)}.stamp.doubtful{border-left-color:var(--hue1)}.stamp.bad{border-left-color:var(--down)}
.stamp.bad strong{color:var(--down)}.stamp.doubtful strong{color:var(--hue1)}.stamp.good strong{color:var(--up)}
.standing{overflow-wrap:anywhere}
code{display:block;margin-top:8px;padding:8px 12px;background:var(--panel);border:1px solid var(--edge);font:12px/1.5 var(--mono);overflow-wrap:anywhere;white-space:pre-wrap}
details{border-top:1px solid var(--edge);padding-top:8px}
summary{cursor:pointer;font-size:13px;color:var(--quiet)}summary:hover,summary:focus-visible{color:var(--cyan)}
details .table{margin-top:10px}
.mark{fill:var(--panel);stroke:var(--down);stroke-width:1.4}.chart .mark-text{fill:var(--ink);font-size:11px}
.line.long{stroke:var(--hue3);stroke-width:1.2}
.chart .figure{font-size:12px}
.table.wide td{white-space:nowrap}
@media (prefers-color-scheme:light){:root{${lightPalette};--ground:#f3f5f7}}
@media print{:root{--ground:#fff}.stamps{gap:4px 10px}details:not([open]){display:none}section{break-inside:auto}.chart{max-height:60vh}}
@media screen and (max-width:820px){figure{overflow-x:auto}.chart{min-width:520px}.wide>.chart{min-width:860px}}
`;
