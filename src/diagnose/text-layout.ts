import type { Report, Section, Table } from './report.js';

const WIDTH = 110;
const WIDEST_CELL = 52;

/** The report for a terminal. Control characters of the file's own texts are left out: they could rewrite the screen. */
export function asText(report: Report): string {
  const told = report.sections.filter(({ lines, table }) => lines.length > 0 || table !== null);
  const parts = told.map((section) => sectionText(section));
  return `${[plain(report.title), '='.repeat([...report.title].length), '', parts.join('\n\n')].join('\n')}\n`;
}

function sectionText({ heading, table, lines }: Section): string {
  const parts: string[] = [];
  if (heading !== null) parts.push(`${plain(heading)}\n${'-'.repeat([...heading].length)}`);
  if (table) parts.push(tableText(table));
  const block = heading === null ? '' : '* ';
  parts.push(
    lines.map((line) => (line.startsWith('  ') ? plain(line) : wrapped(plain(line), block))).join('\n'),
  );
  return parts.filter((part) => part !== '').join('\n');
}

function tableText({ head, rows, words }: Table): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cut(plain(cell))));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? '')].length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => padded(cell, widths[column] ?? 0, column >= words))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function padded(cell: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - [...cell].length));
  return right ? space + cell : cell + space;
}

function cut(cell: string): string {
  const characters = [...cell];
  return characters.length <= WIDEST_CELL ? cell : `${characters.slice(0, WIDEST_CELL - 1).join('')}…`;
}

function wrapped(text: string, mark: string): string {
  const lines: string[] = [];
  let line = mark;
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line !== mark && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = ' '.repeat(mark.length);
    }
    line += line === '' || line.endsWith(' ') ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}

function plain(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}/gu, ' ').trimEnd();
}
