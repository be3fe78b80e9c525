import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  type ChartConfiguration,
  type ChartDataset,
  type Plugin,
} from 'chart.js';
import type { ChartSeries, ChartSpec, Tone } from './chart-spec.js';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
);

interface Point {
  readonly x: number;
  readonly y: number;
}
/** Letters of a name beside a row, and below a column or a point. */
const MOST_BESIDE = 28;
const MOST_BELOW = 16;
/** The library gives an axis half of the picture; its marks and the bar's ends want some of that. */
const LABELS_SHARE = 0.4;

type Value = number | [number, number] | Point | null;
type Config = ChartConfiguration<'bar' | 'line', Value[], string>;
type Colours = Readonly<Record<Tone | 'text' | 'text-2' | 'line' | 'surface', string>>;

export interface Drawn {
  show(spec: ChartSpec): void;
  destroy(): void;
}

/** Where the pointer is: over what, and the point of the picture to say it at. */
export interface Pointed extends Point {
  readonly index: number;
}

interface Answers {
  readonly pick: (index: number) => void;
  readonly point: (at: Pointed | null) => void;
}

/** Draws in the colours that the page has now; call it anew when they change. */
export function draw(canvas: HTMLCanvasElement, first: ChartSpec, answers: Answers): Drawn {
  let spec = first;
  const chart = new Chart(
    canvas,
    configOf(() => spec, answers),
  );
  return {
    show: (next) => {
      spec = next;
      const config = configOf(() => spec, answers);
      chart.data = config.data;
      chart.options = config.options ?? {};
      chart.update('none');
    },
    destroy: () => chart.destroy(),
  };
}

function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    accent: of('accent'),
    good: of('good'),
    warn: of('warn'),
    bad: of('bad'),
    quiet: of('line-strong'),
    text: of('text'),
    'text-2': of('text-2'),
    line: of('line'),
    surface: of('surface'),
  };
}

function configOf(now: () => ChartSpec, { pick, point }: Answers): Config {
  const spec = now();
  const colour = colours();
  const font = { family: getComputedStyle(document.body).fontFamily, size: 13 };
  const across = spec.kind === 'rows';
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const { values, labels } = axesOf(spec, colour, font);
  return {
    type: spec.kind === 'rows' || spec.kind === 'columns' ? 'bar' : 'line',
    data: {
      labels: [...spec.labels],
      datasets: spec.series.map((series) => datasetOf(spec, series, colour)),
    },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: still ? false : { duration: 200 },
      indexAxis: across ? 'y' : 'x',
      interaction: { mode: 'index', axis: across ? 'y' : 'x', intersect: false },
      scales: across ? { x: values, y: labels } : { x: labels, y: values },
      onClick: (_, found) => {
        const index = found[0]?.index;
        if (index !== undefined) pick(index);
      },
      onHover: (_, found) => {
        const [one] = found;
        point(one ? { index: one.index, x: one.element.x, y: one.element.y } : null);
      },
    },
    plugins: [whiskers(now)],
  };
}

interface Font {
  readonly family: string;
  readonly size: number;
}

function axesOf(spec: ChartSpec, colour: Colours, font: Font) {
  const across = spec.kind === 'rows';
  const axisWords = spec.axisWords ?? spec.words;
  const values = {
    beginAtZero: true,
    ...(spec.most === undefined ? { suggestedMax: highest(spec) } : { max: spec.most }),
    grid: { color: colour.line },
    border: { display: false },
    ticks: {
      color: colour['text-2'],
      font,
      maxTicksLimit: 6,
      ...(spec.whole ? { precision: 0 } : {}),
      callback: (value: string | number) => (spec.kind === 'steps' ? spec.words : axisWords)(Number(value)),
    },
  };
  if (spec.kind === 'steps') return { values, labels: stairAxis(colour, font, spec) };
  const labels = {
    grid: { display: false },
    border: { color: colour.line },
    ticks: {
      color: colour.text,
      font,
      autoSkip: !across,
      maxRotation: 0,
      callback(this: LabelScale, _: unknown, index: number): string {
        const label = spec.labels[index] ?? '';
        return across ? fitted(label, this, font) : cut(label, MOST_BELOW);
      },
    },
  };
  return { values, labels };
}

/** Time to the right in its true measure: the steps of a stair are not equally wide. */
function stairAxis(colour: Colours, font: Font, spec: ChartSpec) {
  return {
    type: 'linear' as const,
    grid: { display: false },
    border: { color: colour.line },
    max: spec.at?.at(-1) ?? 1,
    ticks: {
      color: colour.text,
      font,
      maxTicksLimit: 10,
      callback: (value: string | number) => (spec.axisWords ?? String)(Number(value)),
    },
  };
}

/** The axis reaches as far as the whiskers do. */
function highest(spec: ChartSpec): number {
  const bounds = spec.series.flatMap((series) => (series.bounds ?? []).map((pair) => pair?.[1] ?? 0));
  return Math.max(0, ...bounds);
}

interface LabelScale {
  readonly ctx: CanvasRenderingContext2D;
  readonly chart: { readonly width: number };
}

/** As much of a row's name as its share of the picture holds, in the font that the person has. */
function fitted(label: string, { ctx, chart }: LabelScale, { size, family }: Font): string {
  ctx.save();
  ctx.font = `${size}px ${family}`;
  const room = chart.width * LABELS_SHARE;
  let most = Math.min(label.length, MOST_BESIDE);
  while (most > 1 && ctx.measureText(cut(label, most)).width > room) most -= 1;
  ctx.restore();
  return cut(label, most);
}

function cut(label: string, most: number): string {
  return label.length > most ? `${label.slice(0, most - 1)}…` : label;
}

function datasetOf(
  spec: ChartSpec,
  series: ChartSeries,
  colour: Colours,
): ChartDataset<'bar' | 'line', Value[]> {
  const data = series.values.map((value, index): Value => {
    const at = spec.at?.[index];
    if (at !== undefined && typeof value === 'number') return { x: at, y: value };
    return typeof value === 'number' || value === null ? value : [value[0], value[1]];
  });
  const line = spec.kind === 'line' || spec.kind === 'steps';
  return {
    label: series.name,
    data,
    backgroundColor: colour[series.tone],
    borderColor: colour[series.tone],
    ...(line
      ? {
          borderWidth: 2,
          pointRadius: spec.kind === 'line' ? 3 : 0,
          stepped: spec.kind === 'steps' ? ('before' as const) : false,
          spanGaps: true,
        }
      : { borderRadius: 3, maxBarThickness: 26 }),
  };
}

/** Intervals and medians over the bars: the library has no element for them. */
function whiskers(now: () => ChartSpec): Plugin<'bar' | 'line'> {
  return {
    id: 'whiskers',
    afterDatasetsDraw: (chart) => {
      const spec = now();
      const across = spec.kind === 'rows';
      const scale = chart.scales[across ? 'x' : 'y'];
      if (!scale) return;
      const { ctx } = chart;
      const { text, surface } = colours();
      const line = (value: number, other: number, along: boolean, half: number): void => {
        const at = scale.getPixelForValue(value);
        const end = along ? scale.getPixelForValue(other) : at;
        ctx.beginPath();
        if (across) {
          ctx.moveTo(at, half);
          ctx.lineTo(end, along ? half : other);
        } else {
          ctx.moveTo(half, at);
          ctx.lineTo(along ? half : other, end);
        }
        ctx.stroke();
      };
      /** Dark bars and light ones alike: a line of ink inside one of paper is seen on both. */
      const inked = (widthPx: number, stroke: () => void): void => {
        for (const [colour, more] of [
          [surface, 2.5],
          [text, 0],
        ] as const) {
          ctx.strokeStyle = colour;
          ctx.lineWidth = widthPx + more;
          stroke();
        }
      };
      ctx.save();
      spec.series.forEach((series, place) => {
        chart.getDatasetMeta(place).data.forEach((element, index) => {
          const middle = across ? element.y : element.x;
          const bounds = series.bounds?.[index];
          if (bounds)
            inked(1.5, () => {
              line(bounds[0], bounds[1], true, middle);
              for (const bound of bounds) line(bound, middle + 4, false, middle - 4);
            });
          const tick = series.ticks?.[index];
          if (tick !== null && tick !== undefined)
            inked(3, () => line(tick, middle + 11, false, middle - 11));
        });
      });
      ctx.restore();
    },
  };
}
