import type { ActionLookup, ActionOutcome, DealAction, HostAction } from '../../src/contract/actions.js';
import type { Deal } from '../../src/domain/crm/records.js';

export interface StoredAction extends HostAction {
  readonly id: string;
  readonly at: number;
  open: boolean;
}

/** Kinds whose repeat the host itself makes harmless. */
const HARMLESS: ReadonlySet<DealAction['kind']> = new Set<DealAction['kind']>([
  'moveStage',
  'assign',
  'join',
  'notify',
  'closeAsk',
]);

/** What the toy host was told to do besides tasks: makes without any idempotency, as real hosts do. */
export class MemoryActions {
  /** Everything that was carried out, in order; a repeat stands twice. */
  readonly executed: HostAction[] = [];
  readonly observers = new Map<string, Set<string>>();
  private readonly stored: StoredAction[] = [];

  constructor(
    private readonly now: () => number,
    private readonly deals: Deal[],
  ) {}

  list(): readonly StoredAction[] {
    return this.stored;
  }

  withKey(key: string): readonly StoredAction[] {
    return this.stored.filter((action) => action.key === key);
  }

  /** How often this key was carried out where a second time would show. */
  doubled(): readonly string[] {
    const made = this.executed.filter(({ action }) => !HARMLESS.has(action.kind)).map(({ key }) => key);
    return made.filter((key, index) => made.indexOf(key) !== index);
  }

  find(lookups: readonly ActionLookup[]): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const { key, action, since } of lookups) {
      if (HARMLESS.has(action.kind)) continue;
      const stored = this.withKey(key).find((one) => one.at >= since);
      if (stored) found.set(key, stored.id);
    }
    return found;
  }

  carryOut(one: HostAction): ActionOutcome {
    this.executed.push(one);
    const { action } = one;
    if (action.kind === 'closeAsk') {
      const ask = this.stored.find(({ id }) => id === action.hostId);
      if (ask) ask.open = false;
      return UNCHANGED;
    }
    if (action.kind === 'notify') return this.keep(one);
    const index = this.deals.findIndex(({ id }) => id === action.dealId);
    const deal = this.deals[index];
    if (!deal) return { kind: 'refused', failure: { kind: 'gone' } };
    if (action.kind === 'comment' || action.kind === 'ask') return this.keep(one);
    // The toy host keeps no deals apart, and does not say that it does.
    if (action.kind === 'accept') return { kind: 'refused', failure: { kind: 'forbidden', scope: 'accept' } };
    this.change(index, deal, action);
    return UNCHANGED;
  }

  private change(
    index: number,
    deal: Deal,
    action: Extract<DealAction, { kind: 'moveStage' | 'assign' | 'join' }>,
  ): void {
    const modifiedAt = this.now();
    if (action.kind === 'join') {
      const known = this.observers.get(deal.id) ?? new Set<string>();
      this.observers.set(deal.id, known.add(action.userId));
    } else if (action.kind === 'assign') {
      this.deals[index] = { ...deal, ownerId: action.userId, modifiedAt };
    } else {
      const { pipelineId, stageId } = action;
      this.deals[index] = { ...deal, pipelineId, stageId, modifiedAt, stageSince: modifiedAt };
    }
  }

  private keep(one: HostAction): ActionOutcome {
    const id = `x${this.stored.length + 1}`;
    this.stored.push({ ...one, id, at: this.now(), open: true });
    return { kind: 'ok', hostId: id };
  }
}

const UNCHANGED: ActionOutcome = { kind: 'ok', hostId: null };
