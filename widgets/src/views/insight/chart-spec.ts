/** Colours of the theme by what they mean. */
export type Tone = 'accent' | 'good' | 'warn' | 'bad' | 'quiet';

export interface ChartSeries {
  readonly name: string;
  readonly tone: Tone;
  /** A pair floats from its first to its second; null leaves a gap. */
  readonly values: readonly (number | readonly [number, number] | null)[];
  /** Whiskers: bounds of 95 %. */
  readonly bounds?: readonly (readonly [number, number] | null)[];
  /** A thick line across the bar. */
  readonly ticks?: readonly (number | null)[];
}

/** A picture in plain figures: what draws it is loaded later. */
export interface ChartSpec {
  /** `rows`: bars to the right, a row each; `columns`: bars upwards; `line`: a value per label; `steps`: a falling stair. */
  readonly kind: 'rows' | 'columns' | 'line' | 'steps';
  readonly labels: readonly string[];
  readonly series: readonly ChartSeries[];
  readonly words: (value: number) => string;
  /** For the axis; `words` when absent. */
  readonly axisWords?: (value: number) => string;
  readonly most?: number;
  /** Only whole numbers make sense. */
  readonly whole?: boolean;
  /** `steps`: where each value stands; the stair keeps its true widths. */
  readonly at?: readonly number[];
}

export interface TableCell {
  readonly text: string;
  /** Bounds of 95 %, in brackets below the number. */
  readonly within?: string;
  /** A second, quieter line. */
  readonly note?: string;
  /** Opens the deals behind the number. */
  readonly drill?: string;
  /** Numbers below the first line, each with its own deals. */
  readonly parts?: readonly { readonly text: string; readonly drill?: string }[];
  /** 0…4: how strong among its neighbours. */
  readonly heat?: number;
}

/** A number of a table, and what opens the deals behind it; without one a plain text. */
export function leading(number: string | TableCell, drill: string | undefined): TableCell | string {
  if (drill === undefined) return number;
  return typeof number === 'string' ? { text: number, drill } : { ...number, drill };
}

export interface TableSpec {
  readonly columns: readonly string[];
  /** The first cell names the row. */
  readonly rows: readonly { readonly id: string; readonly cells: readonly (TableCell | string)[] }[];
}

export function isEmpty(chart: ChartSpec): boolean {
  return chart.series.every((series) => series.values.every((value) => value === null));
}

/** Bounds of an estimate where it has both. */
export function boundsOf(estimate: {
  readonly low: number | null;
  readonly high: number | null;
}): readonly [number, number] | null {
  return estimate.low === null || estimate.high === null ? null : [estimate.low, estimate.high];
}

/** What a place of the picture says in words, a line for every series that has something there. */
export function tipsOf(spec: ChartSpec, index: number): readonly string[] {
  return spec.series.map((series) => tipOf(spec, series, index)).filter((text) => text !== '');
}

function tipOf(spec: ChartSpec, series: ChartSeries, index: number): string {
  const value = series.values[index];
  if (value === null || value === undefined) return '';
  const bounds = series.bounds?.[index];
  const tick = series.ticks?.[index];
  const main =
    typeof value === 'number' ? spec.words(value) : value.map((one) => spec.words(one)).join(' – ');
  const parts = [
    `${series.name}: ${tick === null || tick === undefined ? main : spec.words(tick)}`,
    ...(bounds ? [`${spec.words(bounds[0])} – ${spec.words(bounds[1])}`] : []),
    ...(tick === null || tick === undefined ? [] : [main]),
  ];
  return parts.join(' · ');
}
