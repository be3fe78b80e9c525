import fc from 'fast-check';
import type { DealHistory, PastPlan, PastStep } from '../../src/domain/pushing/past-facts.js';
import type { DealPulse, PulseEvent, StageNorm } from '../../src/domain/pushing/pulse.js';
import type { DealFacts } from '../../src/domain/pushing/rule.types.js';
import { FAR } from '../../src/domain/pushing/wait.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
export const FROM = Date.UTC(2026, 8, 7, 0);
export const TO = FROM + 90 * DAY;
export const PLANS_SINCE = FROM + 3 * DAY;
const STAGES = ['A', 'B', 'C'] as const;

export function norm(stageId: string): StageNorm {
  const place = STAGES.findIndex((stage) => stage === stageId);
  if (place < 0) return { normMs: null, stuckAfterMs: null, place: 0, openStages: 1 };
  const learned = stageId === 'B' ? { normMs: 5 * DAY, stuckAfterMs: 9 * DAY } : null;
  return { normMs: null, stuckAfterMs: null, ...learned, place, openStages: STAGES.length };
}

/** What happens to a deal in these ninety days, hour after hour. */
export interface Deed {
  readonly hours: number;
  readonly what:
    | 'activity'
    | 'accept'
    | 'move'
    | 'lose'
    | 'loseWithPlan'
    | 'planStart'
    | 'planClose'
    | 'stepBegins'
    | 'stepDone'
    | 'aheadBegins'
    | 'pause'
    | 'resume'
    | 'snooze';
  readonly n: number;
}

const WHAT: readonly Deed['what'][] = [
  ...([
    'activity',
    'accept',
    'move',
    'lose',
    'loseWithPlan',
    'planStart',
    'planClose',
    'stepBegins',
  ] as const),
  ...(['stepDone', 'aheadBegins', 'pause', 'resume', 'snooze', 'move', 'stepBegins'] as const),
];

/** With what happens too seldom by chance for a rule to find anything. */
export function deeds(often: readonly Deed['what'][] = []): fc.Arbitrary<readonly Deed[]> {
  return fc.array(
    fc.record({
      hours: fc.integer({ min: 1, max: 240 }),
      what: fc.constantFrom(...WHAT, ...often),
      n: fc.nat(11),
    }),
    { minLength: 1, maxLength: 30 },
  );
}

interface OpenStep {
  readonly id: string;
  readonly dueAt: number;
  readonly required: boolean;
}

/** One deal of a portal as it goes: what `deal_pulse` says after every event, and what is kept of it for later. */
export class Portal {
  readonly visits: { stageId: string; kind: 'open' | 'lost'; at: number; intake: boolean }[];
  readonly events: { at: number; kind: PulseEvent }[] = [];
  readonly plans: { -readonly [K in keyof PastPlan]: PastPlan[K] }[] = [];
  readonly steps: { -readonly [K in keyof PastStep]: PastStep[K] }[] = [];
  readonly snoozes: { at: number; until: number }[] = [];
  readonly pauses: { at: number; until: number | null }[] = [];
  acceptedAt: number | null = null;
  private last: { kind: PulseEvent; at: number };
  private readonly touched = new Set<number>();
  private plan: {
    id: string;
    open: Map<string, OpenStep>;
    isAhead: boolean;
    pausedUntil: number | null;
  } | null = null;
  private left = 0;
  private putOff: { times: number; at: number } | null = null;
  private numbers = 0;

  constructor(
    readonly createdAt: number,
    private readonly clientDate: number | null,
    /** The loss of which nobody ever said why; null: there is none. */
    private readonly silentAt: number | null,
  ) {
    this.visits = [{ stageId: 'A', kind: 'open', at: createdAt, intake: true }];
    this.last = { kind: 'created', at: createdAt };
  }

  get pauseEnds(): number | null {
    return this.plan?.pausedUntil ?? null;
  }

  /** Whether it changes anything. */
  takes({ what }: Pick<Deed, 'what'>, at: number): boolean {
    const { plan } = this;
    const isOpen = this.visits.at(-1)?.kind === 'open';
    const isPaused = plan !== null && plan.pausedUntil !== null && plan.pausedUntil > at;
    const conditions: Readonly<Partial<Record<Deed['what'], boolean>>> = {
      accept: this.acceptedAt === null,
      lose: isOpen,
      loseWithPlan: isOpen,
      planStart: plan === null,
      planClose: plan !== null,
      stepBegins: plan !== null,
      aheadBegins: plan?.isAhead === true,
      stepDone: plan !== null && plan.open.size > 0,
      pause: plan !== null && !isPaused,
      resume: isPaused,
    };
    return conditions[what] ?? true;
  }

  apply({ what, n }: Pick<Deed, 'what' | 'n'>, at: number): void {
    const works: Readonly<Record<Deed['what'], () => void>> = {
      activity: () => this.happens('activity', at),
      accept: () => (this.acceptedAt = at),
      move: () => this.move(STAGES[n % 3] ?? 'A', 'open', at, n === 0),
      lose: () => this.close(at),
      loseWithPlan: () => this.move('L', 'lost', at, false),
      planStart: () => this.start(at, n),
      planClose: () => this.closePlan(at),
      stepBegins: () => this.begin(`call~${(this.numbers += 1)}`, 'first', at, n),
      aheadBegins: () => this.comeTo(at, n),
      stepDone: () => this.finish(at),
      pause: () => this.pause(at, n % 3 === 0 ? null : at + n * DAY + HOUR),
      resume: () => this.resume(at),
      snooze: () => this.snooze(at, n),
    };
    works[what]();
  }

  resume(at: number): void {
    if (!this.plan || this.plan.pausedUntil === null) return;
    this.plan.pausedUntil = null;
    this.endPause(at);
  }

  private comeTo(at: number, n: number): void {
    if (this.plan) this.plan.isAhead = false;
    this.begin('offer~0', 'later', at, n);
  }

  private snooze(at: number, n: number): void {
    this.snoozes.push({ at, until: at + (n + 1) * 12 * HOUR });
    this.putOff = { times: (this.putOff?.times ?? 0) + 1, at };
  }

  private pause(at: number, until: number | null): void {
    if (!this.plan || this.plan.pausedUntil !== null) return;
    this.plan.pausedUntil = until ?? FAR;
    this.pauses.push({ at, until });
  }

  private endPause(at: number): void {
    const last = this.pauses.at(-1);
    if (last && (last.until === null || last.until > at)) last.until = at;
  }

  private happens(kind: PulseEvent, at: number): void {
    this.last = { kind, at };
    this.touched.add(at);
    if (kind !== 'stageMoved') this.events.push({ at, kind });
  }

  private start(at: number, n: number): void {
    const id = `plan${(this.numbers += 1)}`;
    this.plan = { id, open: new Map(), isAhead: n % 2 === 0, pausedUntil: null };
    this.plans.push({ planId: id, templateId: 't', version: 1, from: at, to: null });
    // The work begins with the first stage: what comes to it later was in the plan from the beginning.
    this.begin(`begin~${this.numbers}`, 'first', at, n);
    if (n % 2 === 0)
      this.steps.push({
        ...{ planId: id, stepId: 'offer~0', stageKey: 'later', ownerId: 'anna', left: false },
        ...{ from: null, dueAt: null, to: null, ahead: true },
      });
  }

  private begin(id: string, stageKey: string, at: number, n: number): void {
    if (!this.plan) return;
    const dueAt = at + (n - 2) * 20 * HOUR;
    this.plan.open.set(id, { id, dueAt, required: n % 2 === 1 });
    const planned = this.steps.find((step) => step.planId === this.plan?.id && step.stepId === id);
    if (planned) Object.assign(planned, { from: at, dueAt, ahead: false });
    else
      this.steps.push({
        ...{ planId: this.plan.id, stepId: id, stageKey, ownerId: 'anna', from: at, dueAt, to: null },
        ...{ left: false, ahead: false },
      });
  }

  private over(id: string, at: number, wasLeft: boolean): void {
    this.plan?.open.delete(id);
    const step = this.steps.find((one) => one.planId === this.plan?.id && one.stepId === id);
    if (step) Object.assign(step, { to: at, left: wasLeft });
  }

  private finish(at: number): void {
    const first = this.plan ? [...this.plan.open.keys()][0] : undefined;
    if (first === undefined) return;
    this.over(first, at, false);
    this.happens('stepFinished', at);
  }

  private move(stageId: string, kind: 'open' | 'lost', at: number, intake: boolean): void {
    const before = this.visits.at(-1);
    const isBack =
      before?.kind === 'open' && kind === 'open' && norm(before.stageId).place > norm(stageId).place;
    const missed = kind === 'open' ? [...(this.plan?.open.values() ?? [])].filter((one) => one.required) : [];
    for (const { id } of missed) this.over(id, at, true);
    this.left = isBack ? 0 : missed.length;
    this.visits.push({ stageId, kind, at, intake });
    this.putOff = null;
    this.happens('stageMoved', at);
  }

  private close(at: number): void {
    this.closePlan(at);
    this.move('L', 'lost', at, false);
  }

  private closePlan(at: number): void {
    if (!this.plan) return;
    for (const id of [...this.plan.open.keys()]) this.over(id, at, false);
    this.resume(at);
    const stored = this.plans.find((one) => one.planId === this.plan?.id);
    if (stored) stored.to = at;
    for (const step of this.steps)
      if (step.planId === this.plan.id && step.ahead) Object.assign(step, { ahead: false, to: at });
    this.plan = null;
  }

  /** What the rules are shown, written down from what just happened. */
  facts(at: number, agreedAt: number): DealFacts {
    const { createdAt } = this;
    const visit = this.visits.at(-1) ?? { stageId: 'A', kind: 'open' as const, at: createdAt, intake: true };
    const stage = norm(visit.stageId);
    const agreed = this.clientDate !== null && agreedAt <= at ? this.clientDate : null;
    const waits = [this.plan?.pausedUntil ?? null, agreed].filter((one) => one !== null);
    return {
      pulse: {
        ...{ dealId: 'D_1', pipelineId: 'P', ownerId: 'anna', amount: null, createdAt, pushedAt: null },
        stageId: visit.stageId,
        stageKind: visit.kind,
        stageSince: visit.at,
        lastEvent: this.last,
        unsorted: visit.intake && this.acceptedAt === null,
        acceptedAt: this.acceptedAt,
        plan: this.pulsePlan(stage),
        waitingUntil: waits.length === 0 ? null : Math.max(...waits),
        snoozedUntil: this.snoozes.at(-1)?.until ?? null,
      },
      norm: stage,
      plansOn: at >= PLANS_SINCE,
      touches: at > createdAt + 8 * DAY ? 1_000 : this.touched.size,
      leftOpen: this.left > 0 ? { at: visit.at, steps: this.left } : null,
      lostSilently: visit.kind === 'lost' && this.silentAt === visit.at ? visit.at : null,
      putOff: this.putOff,
    };
  }

  private pulsePlan(stage: StageNorm): DealPulse['plan'] {
    const { plan } = this;
    const planId = plan?.id ?? this.plans.at(-1)?.planId;
    if (planId === undefined) return null;
    const due = plan === null ? [] : [...plan.open.values()].toSorted((a, b) => a.dueAt - b.dueAt);
    const state = plan === null ? 'closed' : plan.pausedUntil === null ? 'active' : 'paused';
    return {
      ...{ planId, templateId: 't', version: 1, state, doneSteps: 0, openSteps: due.length },
      dueAts: due.map((one) => one.dueAt),
      nextStepId: due[0]?.id ?? null,
      nextOwnerId: due.length > 0 ? 'anna' : null,
      endsEarly: state === 'active' && stage.place < stage.openStages - 1 && plan?.isAhead !== true,
    };
  }

  history(): DealHistory {
    const { createdAt, visits, events, plans, steps, snoozes, pauses, acceptedAt, clientDate } = this;
    return {
      ...{ dealId: 'D_1', pipelineId: 'P', title: 'Ромашка', ownerId: 'anna', createdAt },
      ...{ visits, events, plans, steps, snoozes, pauses, acceptedAt, clientDate },
      lostSilently: this.silentAt !== null,
    };
  }
}
