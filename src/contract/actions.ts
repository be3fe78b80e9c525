import type { Instant } from '../domain/crm/time.js';
import type { HostFailure } from './failure.js';
import type { AppPlace } from './links.js';

/** What we do in the host besides a plan's tasks. Texts are plain, with line breaks; the host escapes. */
export type DealAction =
  /** A note in the deal's own history. */
  | { readonly kind: 'comment'; readonly dealId: string; readonly text: string }
  | {
      readonly kind: 'moveStage';
      readonly dealId: string;
      readonly pipelineId: string;
      readonly stageId: string;
    }
  /** Makes the person responsible for the deal. */
  | { readonly kind: 'assign'; readonly dealId: string; readonly userId: string }
  /** Takes a deal out of where the host keeps incoming ones apart, in the person's name; any other is left as it is. */
  | { readonly kind: 'accept'; readonly dealId: string; readonly userId: string }
  /** Lets the person see the deal and follow it, without being responsible. */
  | { readonly kind: 'join'; readonly dealId: string; readonly userId: string }
  /** A personal notification; it leads to our screen where `place` names one, else to the deal. */
  | {
      readonly kind: 'notify';
      readonly userId: string;
      readonly text: string;
      readonly dealId: string | null;
      readonly place?: AppPlace;
    }
  /** A question in the deal that the person has to answer there: an activity or a task, as the host has it. */
  | {
      readonly kind: 'ask';
      readonly dealId: string;
      readonly userId: string;
      readonly title: string;
      readonly text: string;
      readonly dueAt: Instant;
      /** A screen of ours where it is answered, named at the end of the text; absent: the deal's card is the place. */
      readonly place?: AppPlace;
    }
  /** Takes an `ask` away when it was answered elsewhere. `hostId` is what its outcome gave. */
  | { readonly kind: 'closeAsk'; readonly dealId: string; readonly hostId: string; readonly text: string };

export interface HostAction {
  /** Ours, at most 64 characters of `[0-9a-z-]`; put into what is made wherever the host has a place for it. */
  readonly key: string;
  readonly action: DealAction;
}

/** Where the host shows the question as one of its tasks, its `hostId` is this and the task's id. */
export const ASKED_BY_TASK = 'task:';

export type ActionOutcome =
  /** `hostId`: what was made; null where nothing was, because it changed something or was so already. */
  | { readonly kind: 'ok'; readonly hostId: string | null }
  | { readonly kind: 'refused'; readonly failure: HostFailure }
  /** Nobody knows: look up before repeating. */
  | { readonly kind: 'unknown' };

export interface ActionLookup {
  readonly key: string;
  readonly action: DealAction;
  /** Not made before this instant. */
  readonly since: Instant;
}
