import type { Language } from './options.js';
import type { Report, Section, Table } from './report.js';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, 'Segoe UI', Roboto, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; break-after: avoid; }
.lead { font-size: 1.1rem; } .wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.figure { text-align: right; white-space: nowrap; } thead { display: table-header-group; } tr { break-inside: avoid; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } .wide { overflow: visible; } }
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

function sectionHtml({ heading, table, lines }: Section): string {
  const body = [table ? tableHtml(table, heading ?? '') : '', heading === null ? lead(lines) : list(lines)];
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
