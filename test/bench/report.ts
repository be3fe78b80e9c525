/** At least or at most: a figure that is exactly at its bound is met. */
export interface Bound {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What a benchmark found. Figures are numbers with their unit in the name. */
export interface Report {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly targets: Readonly<Record<string, Bound>>;
  /** What a reader should know of how it was measured. */
  readonly notes: readonly string[];
}

/** Names of the figures that miss their targets. A figure that was not taken misses. */
export function missedBy(report: Report): readonly string[] {
  return Object.entries(report.targets)
    .filter(([name, bound]) => !meets(report.figures[name], bound))
    .map(([name]) => name);
}

function meets(value: number | undefined, { atLeast, atMost }: Bound): boolean {
  if (value === undefined || Number.isNaN(value)) return false;
  return value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY);
}

/** A table for people; the line of JSON is for programs. */
export function printReport(report: Report): boolean {
  const missed = missedBy(report);
  const rows = Object.entries(report.figures).map(([name, value]) => {
    const bound = report.targets[name];
    const verdict = bound ? (missed.includes(name) ? 'MISSED' : 'met') : '';
    return [name, formatted(value), bound ? wordsOf(bound) : '', verdict] as const;
  });
  const missing = missed.filter((name) => report.figures[name] === undefined);
  const all = [
    ['figure', 'value', 'target', ''] as const,
    ...rows,
    ...missing.map((name) => [name, '-', wordsOf(report.targets[name] ?? {}), 'MISSED'] as const),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const row of all) {
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
  for (const note of report.notes) process.stdout.write(`* ${note}\n`);
  const { name, figures, targets } = report;
  process.stdout.write(`${JSON.stringify({ name, figures, targets, missed })}\n`);
  return missed.length === 0;
}

function wordsOf({ atLeast, atMost }: Bound): string {
  const words = [];
  if (atLeast !== undefined) words.push(`at least ${formatted(atLeast)}`);
  if (atMost !== undefined) words.push(`at most ${formatted(atMost)}`);
  return words.join(', ');
}

function formatted(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(rounded(value));
}

/** Three digits after the point: the machine's own noise is larger. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return (low + high) / 2;
}
