/** The Sales Book: an append-only ledger of key events of sales. Instants are ISO 8601 UTC texts. */
export type BookKind =
  | 'created'
  | 'accepted'
  | 'stageMoved'
  | 'planStarted'
  | 'planChanged'
  | 'stepDone'
  | 'stepFailed'
  | 'pushed'
  | 'answered'
  | 'notDone'
  | 'escalated'
  | 'alerted'
  | 'snoozed'
  | 'guardOverridden'
  | 'handedOver'
  | 'won'
  | 'lost'
  | 'note'
  | 'agreement'
  | 'plannedEvent'
  | 'plannedDone'
  | 'plannedCancelled'
  | 'correction';

/** `GET /api/book?kinds&sellerIds&productIds&dealId&from&to&q&after`: newest first, keyset, reach applied. */
export interface BookView {
  readonly entries: readonly BookEntryView[];
  readonly next: string | null;
}

export interface BookEntryView {
  readonly id: string;
  readonly at: string;
  readonly kind: BookKind;
  readonly text: string;
  readonly byName: string | null;
  readonly byHand: boolean;
  readonly dealId: string | null;
  readonly dealTitle: string | null;
  readonly dealPath: string | null;
  readonly told: readonly string[];
  /** Of a planned event: when it is due and whether it happened. */
  readonly planned: { readonly at: string; readonly state: 'ahead' | 'due' | 'done' | 'cancelled' } | null;
  /** Entries are never edited: a later one corrects this one. */
  readonly correctedBy: string | null;
  /** Whether the person may write a correction of it. What became of a planned event says whoever sees it. */
  readonly mayCorrect: boolean;
}

/** `POST /api/book`: by hand; `tell` are host user ids who are informed. */
export type NewBookEntry =
  | {
      readonly kind: 'note' | 'agreement';
      readonly dealId: string;
      readonly text: string;
      readonly tell: readonly string[];
    }
  | {
      readonly kind: 'plannedEvent';
      readonly dealId: string;
      readonly text: string;
      readonly at: string;
      readonly remindMinutesBefore: number;
      readonly tell: readonly string[];
    }
  | { readonly kind: 'correction'; readonly entryId: string; readonly text: string };

/** `GET /api/book/subscriptions`, `PUT …`: what the person is told of. */
export interface BookSubscriptionsView {
  readonly own: readonly {
    readonly by: 'deal' | 'product' | 'seller' | 'all';
    readonly id: string | null;
    readonly name: string;
    readonly kinds: readonly BookKind[];
    readonly channels: readonly ('host' | 'mail')[];
  }[];
}

/** `GET /api/book/verify`: whether the chain of hashes holds. */
export interface BookVerdictView {
  readonly entries: number;
  readonly intact: boolean;
  /** First entry whose hash does not follow from the one before. */
  readonly brokenAt: string | null;
  /** Hash of the newest entry: whoever writes it down can prove later that nothing before it was changed. */
  readonly head: string | null;
}

/** `GET /api/book/choices`: what filters and forms offer. */
export interface BookChoicesView {
  /** Within reach. */
  readonly sellers: readonly BookNameView[];
  readonly products: readonly BookNameView[];
  /** Everybody who works here: whom an entry by hand may be told. */
  readonly people: readonly BookNameView[];
  /** `GET /api/book/verify` answers this person. */
  readonly mayVerify: boolean;
  readonly channels: readonly ('host' | 'mail')[];
}

export interface BookNameView {
  readonly id: string;
  readonly name: string;
}

/** `GET /api/book/deals?q`: at most ten deals within reach, by their title; the newest first. */
export interface BookDealsView {
  readonly deals: readonly BookNameView[];
}

/** `PUT /api/book/entries/:entryId/planned`: what became of a planned event. */
export interface PlannedEnd {
  readonly state: 'done' | 'cancelled';
}
