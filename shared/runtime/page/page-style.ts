/** The page's look: gunmetal and cyan on a screen, black on white in print; figures in a fixed width, so that columns of them can be compared. */
/** Black on white, each hue dark enough for text on it (WCAG 2.2, 4.5 to 1). */
export const lightPalette =
  '--ground:#fff;--panel:#fff;--edge:#c9d2d9;--ink:#10171c;--quiet:#47555f;--cyan:#00788a;--steel:#5b6b77;--up:#0a7a4b;--down:#b3301c;--hue1:#9a6a00;--hue2:#6a3fc0;--hue3:#0a7a4b;--hue4:#b3301c;--hue5:#5b6b77;--hue0:#00788a';

export const pageStyle = `
:root{--ground:#0e1317;--panel:#151c22;--edge:#26323b;--ink:#dbe4ea;--quiet:#8b9ba7;--cyan:#3ad6ea;--steel:#7f93a3;--up:#41d99a;--down:#ff7a66;--fill:.16;
--hue0:#3ad6ea;--hue1:#f2b84b;--hue2:#b48cff;--hue3:#41d99a;--hue4:#ff7a66;--hue5:#9fb3c1;
--sans:"Inter","Segoe UI",system-ui,-apple-system,"Helvetica Neue",Arial,sans-serif;--mono:"JetBrains Mono",ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
*{box-sizing:border-box}
html{background:var(--ground);color:var(--ink);font:15px/1.5 var(--sans);-webkit-text-size-adjust:100%}
body{max-width:1200px;margin:0 auto;padding:32px 24px 48px}
header{border-bottom:2px solid var(--cyan);padding-bottom:14px;margin-bottom:22px}
.brand{margin:0;font:600 13px var(--mono);letter-spacing:.42em;color:var(--cyan)}
h1{margin:4px 0 0;font-size:27px;font-weight:600;letter-spacing:-.01em}
h1 time{font-family:var(--mono);font-weight:500;color:var(--quiet);margin-left:.35em}
.standing,footer{margin:4px 0 0;color:var(--quiet);font:13px var(--mono)}
h2{margin:0 0 14px;font-size:13px;font-weight:600;letter-spacing:.14em;text-transform:uppercase;color:var(--cyan)}
section{margin-top:26px;padding:20px 22px 22px;background:var(--panel);border:1px solid var(--edge);border-radius:3px}
.blocks{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:18px 26px;align-items:start}
.wide{grid-column:1/-1}
p.wide{margin:0;max-width:92ch;color:var(--quiet)}
.figures{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:1px;margin:0;background:var(--edge);border:1px solid var(--edge);border-radius:3px;overflow:hidden}
.figures div{background:var(--panel);padding:13px 16px 12px}
dt{font-size:12px;letter-spacing:.06em;text-transform:uppercase;color:var(--quiet)}
dd{margin:2px 0 0;font:600 22px/1.25 var(--mono);font-variant-numeric:tabular-nums}
dd.note{font:12px/1.4 var(--sans);color:var(--quiet)}
.up{color:var(--up)}.down{color:var(--down)}
nav{display:flex;flex-wrap:wrap;gap:4px 20px;margin-top:16px;font-size:13px}
a{color:var(--quiet);text-decoration:none;border-bottom:1px solid var(--edge)}a:hover,a:focus-visible{color:var(--cyan);border-color:var(--cyan)}
figure{margin:0}figcaption{margin-top:2px;font-size:12px;color:var(--quiet)}
.chart{display:block;width:100%;height:auto}
.table{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:13px}
caption{text-align:left;padding-bottom:6px;font-size:12px;color:var(--quiet)}
th,td{padding:4px 10px 4px 0;border-bottom:1px solid var(--edge);text-align:left;font-weight:400;vertical-align:baseline}
thead th{color:var(--quiet);font-size:12px;white-space:nowrap}
.n{text-align:right;font-family:var(--mono);font-variant-numeric:tabular-nums;white-space:nowrap;padding:4px 0 4px 12px}
th.n{font-family:var(--sans)}.n+:not(.n){padding-left:20px}td:not(.n){color:var(--quiet)}
footer{margin-top:26px;font-family:var(--sans)}
.chart text{font:12px var(--mono);fill:var(--quiet)}.chart .name,.chart .figure{fill:var(--ink)}.chart .name,.chart .legend{font-family:var(--sans)}
.grid{stroke:var(--edge)}.base,.join{stroke:var(--steel)}.join{stroke-dasharray:2 2}.diagonal{stroke:var(--steel);stroke-dasharray:5 4}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round}.line.fund{stroke:var(--cyan)}.line.market{stroke:var(--steel);stroke-width:1.4}.line.under{stroke:var(--down);stroke-width:1.2}
.area{stroke:none;fill-opacity:var(--fill)}.area.fund{fill:var(--cyan)}.area.under{fill:var(--down)}
.gain{fill:var(--cyan)}.loss{fill:var(--down)}.total{fill:var(--steel)}
.whisker{stroke-width:1.4;stroke-opacity:.65}.dot{fill-opacity:.85}
${[0, 1, 2, 3, 4, 5].map((hue) => `.dot.hue${hue}{fill:var(--hue${hue})}.whisker.hue${hue}{stroke:var(--hue${hue})}`).join('')}
@media (max-width:820px){.blocks{grid-template-columns:minmax(0,1fr)}.figures{grid-template-columns:repeat(2,minmax(0,1fr))}body{padding:18px 12px}}
@media print{:root{${lightPalette}}
html{font-size:11px}body{max-width:none;padding:0}nav{display:none}section{border:0;border-top:1px solid var(--edge);border-radius:0;padding:10px 0;margin-top:12px}figure,tr{break-inside:avoid}h2{break-after:avoid}}
`;
