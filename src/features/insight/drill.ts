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
  /** Visits of a stage that are learned from, in the page's period: all, those that go on, or those that went `to` a stage; left within `months`. */
  | {
      readonly kind: 'visits';
      readonly stage: string;
      readonly open?: boolean;
      readonly to?: readonly string[];
      readonly months?: readonly [number, number];
    }
  /** First visits of a stage by what became of the deal, and by the months of their entry. */
  | {
      readonly kind: 'passages';
      readonly stage: string;
      /** aw | al | ao | l | o */
      readonly ways: readonly string[];
      readonly months?: readonly [number, number];
    }
  /** Visits that are not learned from. */
  | { readonly kind: 'marked'; readonly mark: string }
  | { readonly kind: 'stuck'; readonly kinds: readonly string[] }
  /** Deals that were lost for a reason. */
  | {
      readonly kind: 'lostFor';
      readonly reason: string;
      readonly fromStage?: string;
      readonly seller?: string;
      readonly product?: string;
      readonly source?: string;
    }
  /** Deals that were won or lost, in the page's period. */
  | { readonly kind: 'ended'; readonly end?: 'won' | 'lost'; readonly seller?: string }
  /** Steps of a person: due within the week, done, failed by omission. */
  | { readonly kind: 'steps'; readonly seller: string; readonly state: 'planned' | 'done' | 'omitted' }
  /** The last purchase of each client of a kind; `again`: every purchase but the first. */
  | { readonly kind: 'clients'; readonly which: 'all' | 'repeat' | 'crossed' | 'referred' | 'again' }
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
  if (!isRecord(value) || typeof value['kind'] !== 'string') return false;
  const needed = Object.hasOwn(NEEDED, value['kind']) ? NEEDED[value['kind'] as DrillQuestion['kind']] : null;
  if (needed === null || !Object.entries(needed).every(([key, fits]) => fits(value[key]))) return false;
  return Object.entries(value).every(([key, one]) =>
    key === 'months' ? isMonths(one) : typeof one === 'string' || typeof one === 'boolean' || isTexts(one),
  );
}

type Fits = (value: unknown) => boolean;

const isText: Fits = (value) => typeof value === 'string';

function oneOf(...values: readonly unknown[]): Fits {
  return (value) => values.includes(value);
}

/** Of each kind the fields without which, or with other values of which, it says nothing. */
const NEEDED: Readonly<Record<DrillQuestion['kind'], Readonly<Record<string, Fits>>>> = {
  now: { product: optional(isText), open: optional((value) => typeof value === 'boolean'), ...lists() },
  visits: { stage: isText, open: optional(oneOf(true)), to: optional(isTexts) },
  passages: { stage: isText, ways: isTexts },
  marked: { mark: isText },
  stuck: { kinds: isTexts },
  lostFor: {
    reason: isText,
    fromStage: optional(isText),
    seller: optional(isText),
    product: optional(isText),
    source: optional(isText),
  },
  ended: { end: oneOf(undefined, 'won', 'lost'), seller: optional(isText) },
  steps: { seller: isText, state: oneOf('planned', 'done', 'omitted') },
  clients: { which: oneOf('all', 'repeat', 'crossed', 'referred', 'again') },
  candidates: { from: isText, to: isText },
};

function optional(fits: Fits): Fits {
  return (value) => value === undefined || fits(value);
}

function lists(): Readonly<Record<string, Fits>> {
  const keys = ['stages', 'notStages', 'sellers', 'notSellers', 'clients', 'notClients', 'notProducts'];
  return Object.fromEntries(keys.map((key) => [key, optional(isTexts)]));
}

function isMonths(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((one) => Number.isInteger(one));
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MOST && value.every((one) => typeof one === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
