import type { InstallView } from '../../../src/features/embed/boot.view.js';
import type { PlanView, StageView, StepView } from '../../../src/features/plans/plan.view.js';

export type Language = 'ru' | 'en';

/** Texts that a hostile colleague could type into the CRM; they must be read, never run. */
export const HOSTILE_TITLE = `<img src=x onerror="window.__hacked=1">'"</script><script>window.__hacked=1</script>`;

const HOUR = 3_600_000;

export function hoursFrom(now: number, hours: number): string {
  return new Date(now + hours * HOUR).toISOString();
}

export function step(id: string, fields: Partial<StepView> = {}): StepView {
  return {
    id: `${id}~1`,
    title: id,
    goal: '',
    say: '',
    doneWhen: '',
    state: 'actionable',
    required: true,
    ownerName: 'Ольга Смирнова',
    mine: true,
    dueAt: null,
    overdue: false,
    durationMinutes: 30,
    result: { kind: 'none', label: null, choices: [], demanded: false },
    outcome: null,
    because: null,
    hostTaskPath: null,
    hostTask: 'none',
    can: { done: true, skip: true, reopen: false },
    ...fields,
  };
}

const words = {
  ru: {
    plan: 'Финансовый консалтинг: двенадцать статусов',
    deal: 'Поставка станков для ООО «Вектор»',
    stages: ['Первый контакт', 'Выявление потребности', 'Предложение', 'Договор', 'Оплата'],
    meaning: 'Клиент знает, кто мы, и готов рассказать о задаче.',
    call: 'Позвонить и договориться о встрече с лицом, принимающим решение',
    goal: 'Встреча с датой и временем, на которой будет тот, кто решает.',
    say: 'Мы посмотрели ваш запрос. Предлагаю 30 минут созвона: покажем, как это решили в похожей компании.',
    doneWhen: 'В календаре есть встреча, клиент её подтвердил.',
    brief: 'Заполнить карту потребностей',
    because: 'Ждёт: сначала «Позвонить и договориться о встрече».',
    late: 'Отправить материалы о компании',
    lateWhy: 'Срок вышел вчера в 18:00; последнее действие по сделке — 18 ноября.',
    result: 'Бюджет клиента',
    refused: 'Клиент отказался: нет бюджета до весны',
    by: 'Иван Петров',
  },
  en: {
    plan: 'Financial consulting: twelve stages',
    deal: 'Machine tools for Vector Ltd',
    stages: ['First contact', 'Finding the need', 'Offer', 'Contract', 'Payment'],
    meaning: 'The client knows who we are and is ready to talk about the task.',
    call: 'Call and arrange a meeting with the decision maker',
    goal: 'A meeting with a date and a time, attended by the person who decides.',
    say: 'We have looked at your request. May I suggest a call of 30 minutes: we will show how a similar company solved it.',
    doneWhen: 'The meeting is in the calendar and the client has confirmed it.',
    brief: 'Fill in the map of needs',
    because: 'Waits: “Call and arrange a meeting” comes first.',
    late: 'Send the material about the company',
    lateWhy: 'It was due yesterday at 18:00; the last action on the deal was on 18 November.',
    result: 'Client’s budget',
    refused: 'The client refused: no budget until spring',
    by: 'John Brown',
  },
} as const;

function currentSteps(language: Language, now: number): readonly StepView[] {
  const w = words[language];
  const advice = { goal: w.goal, say: w.say, doneWhen: w.doneWhen };
  return [
    step('call', {
      ...advice,
      title: w.call,
      dueAt: hoursFrom(now, 3),
      hostTaskPath: '/company/personal/user/3/tasks/task/view/41/',
      hostTask: 'there',
    }),
    step('late', {
      ...advice,
      title: w.late,
      dueAt: hoursFrom(now, -20),
      overdue: true,
      because: w.lateWhy,
      required: false,
      hostTask: 'pending',
    }),
    step('budget', {
      title: w.result,
      dueAt: hoursFrom(now, 50),
      mine: false,
      ownerName: w.by,
      result: { kind: 'number', label: w.result, choices: [], demanded: true },
      hostTask: 'failed',
    }),
    step('brief', {
      ...advice,
      title: w.brief,
      state: 'waiting',
      because: w.because,
      can: { done: false, skip: true, reopen: false },
    }),
    step('refused', {
      title: `${w.brief} 2`,
      state: 'failed',
      outcome: { at: hoursFrom(now, -30), byName: w.by, result: null, reason: w.refused },
      can: { done: false, skip: false, reopen: true },
    }),
  ];
}

function stage(
  key: string,
  name: string,
  position: StageView['position'],
  steps: readonly StepView[],
  meaning = '',
): StageView {
  return { key, name, meaning, position, steps };
}

/** An active plan in its second stage, with a step of every state. */
export function planView(language: Language, now: number): PlanView {
  const w = words[language];
  const [first, second, third, fourth, fifth] = w.stages;
  const past = ['a', 'b'].map((key) =>
    step(`past-${key}`, {
      title: `${first} ${key.toUpperCase()}`,
      state: key === 'a' ? 'done' : 'skipped',
      outcome: {
        at: hoursFrom(now, -90),
        byName: w.by,
        result: null,
        reason: key === 'a' ? null : w.refused,
      },
      can: { done: false, skip: false, reopen: true },
    }),
  );
  const ahead = (key: string, title: string): StepView =>
    step(key, { title, state: 'future', can: { done: false, skip: false, reopen: false } });
  const stages = [
    stage('s1', first, 'past', past),
    stage('s2', second, 'current', currentSteps(language, now), w.meaning),
    stage('s3', third, 'future', [ahead('offer-1', third), ahead('offer-2', `${third} 2`)]),
    stage('s4', fourth, 'future', [ahead('contract', fourth)]),
    stage('s5', fifth, 'future', [ahead('pay', fifth)]),
  ];
  return {
    deal: { id: '57', title: w.deal, stageName: second, stageKind: 'open', ownerName: w.by },
    plan: {
      id: 'p1',
      name: w.plan,
      state: 'active',
      closeReason: null,
      revision: 7,
      doneCount: 1,
      totalCount: 11,
    },
    stages,
    nextStepIds: ['call~1', 'late~1', 'budget~1'],
    launch: null,
    sync: {
      state: 'done',
      rowsDone: 8_800,
      rowsTotal: 8_800,
      rowsPerSecond: null,
      secondsLeft: null,
      problem: null,
      updatedAt: hoursFrom(now, 0),
    },
    now: new Date(now).toISOString(),
  };
}

export function runningSync(now: number): PlanView['sync'] {
  return {
    state: 'running',
    rowsDone: 3_120,
    rowsTotal: 8_800,
    rowsPerSecond: 412.6,
    secondsLeft: 95,
    problem: null,
    updatedAt: new Date(now).toISOString(),
  };
}

/** A deal without a plan; templates may be started, or the reason why not is given. */
export function unplanned(language: Language, now: number, allowed: boolean): PlanView {
  return {
    ...planView(language, now),
    plan: null,
    stages: [],
    nextStepIds: [],
    launch: {
      allowed,
      why: null,
      templates: allowed
        ? [
            { id: 't1', name: words[language].plan, stepCount: 21 },
            { id: 't2', name: words[language].stages[2], stepCount: 5 },
          ]
        : [],
    },
  };
}

export function closedPlan(language: Language, now: number): PlanView {
  const view = planView(language, now);
  if (!view.plan) throw new Error('the fixture has a plan');
  return {
    ...view,
    deal: { ...view.deal, stageKind: 'lost' },
    plan: { ...view.plan, state: 'closed', closeReason: words[language].refused },
    nextStepIds: [],
    stages: view.stages.map((one) => ({
      ...one,
      position: one.position === 'current' ? 'past' : one.position,
      steps: one.steps.map((item) => ({
        ...item,
        overdue: false,
        state: item.state === 'done' ? 'done' : 'cancelled',
        can: { done: false, skip: false, reopen: false },
      })),
    })),
  };
}

const templates: InstallView['templates'] = (['ru', 'en'] as const).flatMap((language) => [
  {
    key: 'b2b-twelve-status',
    language,
    name: words[language].plan,
    description: words[language].meaning,
    stages: words[language].stages.map((name) => ({
      name,
      stepTitles: [words[language].call, words[language].brief],
    })),
  },
  {
    key: 'transactional',
    language,
    name: language === 'ru' ? 'Короткая сделка' : 'Short deal',
    description: words[language].goal,
    stages: words[language].stages.slice(0, 3).map((name) => ({ name, stepTitles: [words[language].late] })),
  },
]);

export function installView(language: Language, now: number, state: InstallView['state']): InstallView {
  const w = words[language];
  const connected = state === 'copying' || state === 'ready';
  const step = (key: InstallView['steps'][number]['key'], at: InstallView['steps'][number]['state']) => ({
    key,
    state: at,
    detail: null,
  });
  return {
    state,
    account: { name: 'vector.bitrix24.ru', health: 'ok', problem: null },
    steps: [
      step('verify', connected ? 'done' : 'todo'),
      step('embed', connected ? 'done' : 'todo'),
      step('copy', state === 'copying' ? 'doing' : connected ? 'done' : 'todo'),
      step('finish', 'todo'),
    ],
    sync: state === 'copying' ? runningSync(now) : planView(language, now).sync,
    pipelines: connected
      ? ['0', '1'].map((id) => ({
          id,
          name: id === '0' ? w.plan : 'Retail',
          openDeals: id === '0' ? 2_089 : 1,
          stages: [
            ...w.stages.map((name, index) => ({ id: `${id}:${index}`, name, kind: 'open' as const })),
            { id: `${id}:won`, name: language === 'ru' ? 'Успех' : 'Won', kind: 'won' as const },
            { id: `${id}:lost`, name: language === 'ru' ? 'Провал' : 'Lost', kind: 'lost' as const },
          ],
          plan: null,
        }))
      : [],
    templates,
    progress: [],
  };
}
