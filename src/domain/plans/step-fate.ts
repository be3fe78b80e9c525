import type { Instant } from '../crm/time.js';
import type { DealWay, StageRun } from './deal-way.js';
import type { Because, BecauseCode, PlanStep } from './plan.types.js';
import type { IndexedStage } from './template-index.js';
import type { ClosePolicy, ReentryPolicy, TemplateBody, TemplateStep } from './template.types.js';

/** What the deal's way makes of one pass of a step, before its own prerequisites and times are looked at. */
export type StepFate =
  | {
      readonly visitSeq: number;
      readonly kind: 'live';
      readonly because: Because;
      readonly run: StageRun | null;
    }
  | { readonly visitSeq: number; readonly kind: 'ahead'; readonly because: Because }
  | { readonly visitSeq: number; readonly kind: 'over'; readonly because: Because; readonly at: Instant };

interface Rules {
  readonly step: TemplateStep;
  readonly stage: IndexedStage;
  readonly way: DealWay;
  readonly template: TemplateBody;
  readonly reentry: ReentryPolicy;
}

/**
 * The passes of a step that should exist, by stage entry, exit, re-entry and closing. Empty: the step has no place in
 * this plan (a stage before the one in which the plan began, or off the way and not entered).
 */
export function fatesOf(
  step: TemplateStep,
  stage: IndexedStage,
  way: DealWay,
  template: TemplateBody,
): readonly StepFate[] {
  const rules: Rules = { step, stage, way, template, reentry: reentryOf(step, stage) };
  if (way.ended) {
    return [over(rules, 1, way.ended.as === 'lost' ? 'dealLost' : 'dealReopened', way.ended.at)];
  }
  const runs = way.runs.get(stage.stage.key) ?? [];
  const first = runs[0];
  const last = runs.at(-1);
  if (!first || !last) return unvisited(rules);
  if (rules.reentry === 'newPass') return passesOf(rules, runs);
  if (rules.reentry === 'nothing') return [firstPassOnly(rules, first, runs.length)];
  if (last.leftAt !== null && isAhead(rules) && !way.closed) return [ahead(rules, 1)];
  const fate = visited(rules, last, 1);
  return [
    runs.length > 1 && fate.because.code === 'ownStage'
      ? { ...fate, because: reason(rules, 'reentryReopened') }
      : fate,
  ];
}

/** A guard that returns the deal wants the undone steps done: they open again, or it could never be satisfied. */
function reentryOf(step: TemplateStep, { stage }: IndexedStage): ReentryPolicy {
  const returned = stage.guard === 'return' && step.required && step.reentry === 'nothing';
  return returned ? 'reopenUndone' : step.reentry;
}

/** A person's "reopen" outlives the cancellation that came before it, not the deal's next move. */
export function reopened(
  fate: StepFate,
  existing: PlanStep | undefined,
  stageKey: string,
  way: DealWay,
): StepFate {
  const reopenedAt = existing?.manual.reopenedAt ?? null;
  if (fate.kind !== 'over' || reopenedAt === null) return fate;
  if (reopenedAt < Math.max(fate.at, way.enteredAt ?? fate.at)) return fate;
  const because: Because = { code: 'reopenedByHand', params: { stageKey, at: reopenedAt } };
  return { visitSeq: fate.visitSeq, kind: 'live', because, run: null };
}

function unvisited(rules: Rules): readonly StepFate[] {
  const { stage, way, template } = rules;
  const place = stage.wayIndex;
  if (place === null) return [];
  if (stage.stage.kind === 'won' && template.onWon.closingSteps === 'skip') return [];
  if (isAhead(rules)) return [way.closed ? over(rules, 1, closedCode(way), way.closed.at) : ahead(rules, 1)];
  if (way.lowest >= place) return [];
  return [over(rules, 1, 'stageSkipped', way.enteredAt ?? 0)];
}

function passesOf(rules: Rules, runs: readonly StageRun[]): readonly StepFate[] {
  const fates = runs.map((run, at): StepFate => {
    const visitSeq = at + 1;
    const next = runs[at + 1];
    // A step carried over from the last pass makes room for the new one: never two of the same at once.
    if (next && rules.step.exit !== 'cancel') return over(rules, visitSeq, 'reentryNewPass', next.enteredAt);
    return visited(rules, run, visitSeq);
  });
  const left = runs.at(-1)?.leftAt !== null;
  const lastStillLives = fates.at(-1)?.kind === 'live';
  if (left && !lastStillLives && isAhead(rules) && !rules.way.closed)
    fates.push(ahead(rules, runs.length + 1));
  return fates;
}

function firstPassOnly(rules: Rules, first: StageRun, runs: number): StepFate {
  const fate = visited(rules, first, 1);
  if (fate.kind !== 'over' || runs < 2) return fate;
  return over(rules, 1, 'reentryNothing', fate.at);
}

function visited(rules: Rules, run: StageRun, visitSeq: number): StepFate {
  const { way } = rules;
  if (run.leftAt !== null)
    return way.closed ? leftAndClosed(rules, run, visitSeq) : left(rules, run, visitSeq);
  if (!way.closed) return live(rules, visitSeq, 'ownStage', run);
  if (policy(rules).closingSteps === 'create') return live(rules, visitSeq, 'closingStep', run);
  return over(rules, visitSeq, 'closingSkipped', way.closed.at);
}

function left(rules: Rules, run: StageRun, visitSeq: number): StepFate {
  if (rules.step.exit === 'cancel') return over(rules, visitSeq, 'stageLeft', run.leftAt ?? 0);
  return live(rules, visitSeq, rules.step.exit === 'keep' ? 'kept' : 'carriedOver', run);
}

function leftAndClosed(rules: Rules, run: StageRun, visitSeq: number): StepFate {
  const { step, way } = rules;
  const closedAt = way.closed?.at ?? 0;
  const leftByClosing = run.leftAt !== null && run.leftAt >= closedAt;
  if (step.exit === 'cancel' && !leftByClosing) return left(rules, run, visitSeq);
  const openSteps = policy(rules).openSteps;
  const keeps = openSteps === 'keep' || (openSteps === 'byExitPolicy' && step.exit === 'keep');
  return keeps ? live(rules, visitSeq, 'kept', run) : over(rules, visitSeq, closedCode(way), closedAt);
}

function isAhead(rules: Rules): boolean {
  const place = rules.stage.wayIndex;
  return place !== null && place > rules.way.reached && !rules.way.current.includes(rules.stage.stage.key);
}

function policy(rules: Rules): ClosePolicy {
  return rules.way.closed?.as === 'won' ? rules.template.onWon : rules.template.onLost;
}

function closedCode(way: DealWay): BecauseCode {
  return way.closed?.as === 'won' ? 'dealWon' : 'dealLost';
}

function reason(rules: Rules, code: BecauseCode, at?: Instant): Because {
  return { code, params: { stageKey: rules.stage.stage.key, ...(at === undefined ? {} : { at }) } };
}

function live(rules: Rules, visitSeq: number, code: BecauseCode, run: StageRun): StepFate {
  return { visitSeq, kind: 'live', because: reason(rules, code), run };
}

function ahead(rules: Rules, visitSeq: number): StepFate {
  const code = rules.way.enteredAt === null ? 'stageUnmapped' : 'stageAhead';
  return { visitSeq, kind: 'ahead', because: reason(rules, code) };
}

function over(rules: Rules, visitSeq: number, code: BecauseCode, at: Instant): StepFate {
  return { visitSeq, kind: 'over', because: reason(rules, code, at), at };
}
