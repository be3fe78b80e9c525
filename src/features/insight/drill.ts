import type { InsightFilter } from './insight.view.js';

/** Which deals are behind a number, besides the page's filter and the person's reach. */
export type DrillQuestion =
  | {
      /** Deals that stand here now. A list is one of them, a list after `not` none of them. */
      readonly kind: 'now';
      readonly open?: boolean;
      readonly stages?: readonly string[];
      readonly notStages?: readonly string[];
      readonly sellers?: readonly string[];
      readonly notSellers?: readonly string[];
      readonly clients?: readonly string[];
      readonly notClients?: readonly string[];
      readonly product?: string;
      readonly notProducts?: readonly string[];
    }
  /** Visits of a stage that are learned from, in the page's period. */
  | { readonly kind: 'visits'; readonly stage: string }
  /** Deals that were lost out of a stage, by the months of their entry. */
  | { readonly kind: 'lostFrom'; readonly stage: string; readonly months: readonly [number, number] }
  | { readonly kind: 'dead' }
  | { readonly kind: 'lostFor'; readonly reason: string }
  | { readonly kind: 'closedBy'; readonly seller: string }
  /** The last purchase of every client who has the one product and not the other. */
  | { readonly kind: 'candidates'; readonly from: string; readonly to: string };

export interface Drilled {
  /** With the pipeline that the page showed. */
  readonly filter: InsightFilter;
  readonly question: DrillQuestion;
  /** The moment of the page, so that the list is that of the number. */
  readonly now: number;
}

export function writeDrill({ filter, question, now }: Drilled): string {
  return Buffer.from(JSON.stringify([filter, question, now])).toString('base64url');
}

const KINDS: readonly string[] = ['now', 'visits', 'lostFrom', 'dead', 'lostFor', 'closedBy', 'candidates'];
const LISTS = ['productIds', 'sellerIds', 'departmentIds', 'sourceIds'] as const;
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const MOST = 500;
/** The last moment that a date can hold, milliseconds. */
const LAST_MOMENT = 8.64e15;

/** Null: not one of ours. It comes from the browser, so whatever it holds is checked and only ever compared with. */
export function readDrill(text: string): Drilled | null {
  let list: unknown;
  try {
    list = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(list) || list.length !== 3) return null;
  const [filter, question, now] = list as unknown[];
  if (typeof now !== 'number' || Math.abs(now) > LAST_MOMENT || Number.isNaN(now)) return null;
  if (!isFilter(filter) || !isQuestion(question)) return null;
  return { filter, question, now };
}

function isFilter(value: unknown): value is InsightFilter {
  if (!isRecord(value)) return false;
  const lists = LISTS.every((key) => value[key] === undefined || isTexts(value[key]));
  const days = ['from', 'to'].every((key) => isDay(value[key]));
  return lists && days && (value['pipelineId'] === undefined || typeof value['pipelineId'] === 'string');
}

function isDay(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && DAY.test(value));
}

function isQuestion(value: unknown): value is DrillQuestion {
  if (!isRecord(value) || typeof value['kind'] !== 'string' || !KINDS.includes(value['kind'])) return false;
  const needed = NEEDED[value['kind']] ?? [];
  if (needed.some((key) => typeof value[key] !== 'string')) return false;
  if (value['kind'] === 'lostFrom' && !isMonths(value['months'])) return false;
  return Object.entries(value).every(
    ([key, one]) => key === 'months' || typeof one === 'string' || typeof one === 'boolean' || isTexts(one),
  );
}

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  visits: ['stage'],
  lostFrom: ['stage'],
  lostFor: ['reason'],
  closedBy: ['seller'],
  candidates: ['from', 'to'],
};

function isMonths(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((one) => Number.isInteger(one));
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MOST && value.every((one) => typeof one === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
