import type { PlanView, StepView } from '../../../src/features/plans/plan.view.js';
import { closedPlan, HOSTILE_TITLE, hoursFrom, planView, type Language } from './fixtures.js';
import type { ScreenState } from './screens.js';

const words = {
  ru: {
    note: 'не дозвонились',
    handOver: 'После этого шага сделка перейдёт к сотруднику: Иван Петров.',
    reason: 'Клиент вернётся к разговору после отпуска',
    after: 'Внедрение и продление',
  },
  en: {
    note: 'no answer',
    handOver: 'After this step the deal goes to John Brown.',
    reason: 'The client is on holiday until then',
    after: 'Rollout and renewal',
  },
} as const;

/** The view with the first step of the current stage changed. */
function withNext(view: PlanView, fields: Partial<StepView>): PlanView {
  const [nextId] = view.nextStepIds;
  return {
    ...view,
    stages: view.stages.map((one) => ({
      ...one,
      steps: one.steps.map((item) => (item.id === nextId ? { ...item, ...fields } : item)),
    })),
  };
}

/** A deal that a guard has taken back, of somebody who may let it pass. */
function guardedPlan(language: Language, now: number): PlanView {
  const view = planView(language, now);
  const [first, second] = view.stages;
  return {
    ...view,
    mayManage: true,
    guards: [
      {
        stageKey: 's2',
        stageName: second?.name ?? '',
        state: 'returned',
        missing: [second?.steps[0]?.title ?? '', HOSTILE_TITLE],
        leftAt: hoursFrom(now, -1),
      },
      {
        stageKey: 's1',
        stageName: first?.name ?? '',
        state: 'alert',
        missing: [],
        leftAt: hoursFrom(now, -90),
      },
    ],
  };
}

function pausedPlan(language: Language, now: number): PlanView {
  const view = planView(language, now);
  if (!view.plan) throw new Error('the fixture has a plan');
  return {
    ...view,
    mayManage: true,
    plan: { ...view.plan, state: 'paused' },
    nextStepIds: [],
    pause: {
      since: hoursFrom(now, -30),
      until: hoursFrom(now, 24 * 6),
      reason: words[language].reason,
      follows: 'clientDate',
    },
  };
}

function unacceptedPlan(language: Language, now: number): PlanView {
  return { ...planView(language, now), mayManage: true, acceptance: { can: true } };
}

/** A step at its third try, with everything that only some steps have, after another came to its end. */
function repeatedPlan(language: Language, now: number): PlanView {
  const w = words[language];
  const view = withNext(planView(language, now), {
    attempts: { made: 2, of: 3, lastNote: w.note },
    handOver: w.handOver,
    dueReason: w.reason,
    can: {
      done: true,
      skip: true,
      reopen: false,
      attempt: true,
      take: true,
      reschedule: true,
      reassign: true,
    },
  });
  return { ...view, mayManage: true, closeProposal: { stepTitle: HOSTILE_TITLE, reason: w.reason } };
}

/** A won deal whose plan after the sale goes on. */
function afterSalePlan(language: Language, now: number): PlanView {
  const view = closedPlan(language, now);
  const running = planView(language, now).stages.filter((one) => one.position === 'current');
  if (!view.plan) throw new Error('the fixture has a plan');
  return {
    ...view,
    deal: { ...view.deal, stageKind: 'won' },
    afterSale: [
      {
        plan: { ...view.plan, id: 'p2', name: words[language].after, state: 'active', closeReason: null },
        stages: running.map((one) => ({
          ...one,
          steps: one.steps.map((item) => ({ ...item, id: `after-${item.id}` })),
        })),
        nextStepIds: [],
      },
    ],
  };
}

/** What only some plans have to say. */
export const planStates: readonly ScreenState[] = [
  {
    name: 'plan-guarded',
    screen: 'plan',
    sign: { ru: 'Сделка возвращена на этап', en: 'The deal is back at' },
    change: (scene, language, now) => (scene.plan = guardedPlan(language, now)),
  },
  {
    name: 'plan-paused',
    screen: 'plan',
    sign: { ru: 'Продолжим', en: 'It goes on:' },
    change: (scene, language, now) => (scene.plan = pausedPlan(language, now)),
  },
  {
    name: 'plan-unaccepted',
    screen: 'plan',
    sign: { ru: 'Новая заявка ждёт решения', en: 'A new lead waits for a decision' },
    change: (scene, language, now) => (scene.plan = unacceptedPlan(language, now)),
  },
  {
    name: 'plan-repeated',
    screen: 'plan',
    sign: { ru: 'Попытка 3 из 3', en: 'Try 3 of 3' },
    change: (scene, language, now) => (scene.plan = repeatedPlan(language, now)),
  },
  {
    name: 'plan-after-sale',
    screen: 'plan',
    sign: { ru: 'После продажи', en: 'After the sale' },
    change: (scene, language, now) => (scene.plan = afterSalePlan(language, now)),
  },
];
