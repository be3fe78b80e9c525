import type { Language } from './options.js';
import type { Report, Section, Table } from './report.js';
import type { Bar, Picture } from './report-picture.js';

/** The line of the half stays in sight when it lies at the very end. */
const TICK_END = 0.995;

const STYLE = `
:root { color-scheme: light dark; --quiet: #5b6570; --line: #d7dce2; --bar: #0062d1; --pale: #9dc3f3; --rail: #eef1f5; --tick: #10243c; }
@media (prefers-color-scheme: dark) { :root { --quiet: #a3adb8; --line: #3a424c; --bar: #5ea2f7; --pale: #2f5485; --rail: #262c34; --tick: #fff; } }
body { font: 15px/1.5 system-ui, 'Segoe UI', Roboto, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; padding-top: .8rem; border-top: 1px solid var(--line); break-after: avoid; }
.lead { font-size: 1.1rem; margin: .25rem 0; } .lead:first-of-type { font-size: 1.3rem; font-weight: 600; }
ul { margin: .6rem 0; padding-left: 1.2rem; } li { margin: .25rem 0; }
.quiet { color: var(--quiet); font-size: .9rem; margin: .6rem 0; }
.picture { display: grid; grid-template-columns: minmax(5rem, max-content) minmax(6rem, 1fr) max-content; gap: .35rem .8rem; align-items: center; margin: 0; font-variant-numeric: tabular-nums; }
.picture svg { display: block; width: 100%; height: 1.1rem; } .bar { display: contents; }
.rail { fill: var(--rail); } .full { fill: var(--bar); } .pale { fill: var(--pale); } .tick { fill: var(--tick); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; }
th { color: var(--quiet); font-weight: 600; } .figure { text-align: right; white-space: nowrap; } thead { display: table-header-group; } tr { break-inside: avoid; }
@media (max-width: 40rem) { body { margin-top: 1rem; } table { min-width: 44rem; } .picture { display: block; } .bar { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .1rem .8rem; margin-top: .5rem; } .bar .figure { white-space: normal; } .bar svg { grid-column: 1 / -1; order: 3; } }
@media print { :root { color-scheme: light; } body { margin: 0; max-width: none; font-size: 10pt; } .wide { overflow: visible; } td, th { overflow-wrap: anywhere; } .bar, .picture { break-inside: avoid; } }
@page { size: A4 landscape; margin: 14mm; }
`;

/** The report as one page without scripts or anything from elsewhere; prints on A4. All texts are escaped. */
export function asPage(report: Report, language: Language): string {
  const title = escaped(report.title);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${report.sections.map(sectionHtml).join('\n')}
</main>
</body>
</html>
`;
}

function sectionHtml({ heading, picture, table, lines }: Section): string {
  const body = [
    picture ? pictureHtml(picture) : '',
    table ? tableHtml(table, heading ?? '') : '',
    heading === null ? lead(lines) : list(lines),
  ];
  const top = heading === null ? '' : `<h2>${escaped(heading)}</h2>\n`;
  return `<section>\n${top}${body.filter((part) => part !== '').join('\n')}\n</section>`;
}

function lead(lines: readonly string[]): string {
  return lines.map((line) => `<p class="lead">${escaped(line)}</p>`).join('\n');
}

function list(lines: readonly string[]): string {
  return lines.length === 0
    ? ''
    : `<ul>\n${lines.map((line) => `<li>${escaped(line)}</li>`).join('\n')}\n</ul>`;
}

/** The words beside a bar say what it shows, so the bar itself is for eyes alone. */
function pictureHtml({ bars, note }: Picture): string {
  return `<div class="picture">\n${bars.map(barHtml).join('\n')}\n</div>\n<p class="quiet">${escaped(note)}</p>`;
}

function barHtml({ label, from, to, tick, paleFrom, value }: Bar): string {
  const part = (kind: string, begin: number, end: number): string =>
    end > begin
      ? `<rect class="${kind}" x="${percent(begin)}" width="${percent(end - begin)}" height="100%"/>`
      : '';
  const parts = [
    part('rail', 0, 1),
    part('full', from, Math.min(to, paleFrom ?? to)),
    paleFrom === null ? '' : part('pale', Math.max(from, paleFrom), to),
    tick === null
      ? ''
      : `<rect class="tick" x="${percent(Math.min(tick, TICK_END))}" width="3" height="100%"/>`,
  ];
  return `<div class="bar"><span class="label">${escaped(label)}</span><svg aria-hidden="true">${parts.join('')}</svg><span class="figure">${escaped(value)}</span></div>`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

function tableHtml({ head, rows, words }: Table, caption: string): string {
  const cell = (tag: 'td' | 'th', text: string, column: number): string =>
    `<${tag}${tag === 'th' ? ' scope="col"' : ''}${column >= words ? ' class="figure"' : ''}>${escaped(text)}</${tag}>`;
  const line = (tag: 'td' | 'th', cells: readonly string[]): string =>
    `<tr>${cells.map((text, column) => cell(tag, text, column)).join('')}</tr>`;
  return `<div class="wide" tabindex="0" role="region" aria-label="${escaped(caption)}">
<table>
<thead>${line('th', head)}</thead>
<tbody>
${rows.map((row) => line('td', row)).join('\n')}
</tbody>
</table>
</div>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
