import { standardCalendar } from '../../src/domain/calendar/work-calendar.js';
import type { PlanInput, TemplateBody, TemplateStep } from '../../src/domain/plans/types.js';

const DAY_MS = 86_400_000;

/** So many steps over open stages that are called as the pipeline's; chains of three, as real ones have. */
export function aTemplate(stages: number, steps: number): TemplateBody {
  const perStage = Math.ceil(steps / stages);
  const step = (stage: number, at: number): TemplateStep => ({
    key: `step-${stage}-${at}`,
    title: `Шаг ${at + 1} этапа ${stage + 1}`,
    instruction: {
      goal: 'Договориться о встрече с тем, кто решает',
      say: 'Когда вам удобно встретиться на этой неделе?',
      done: 'День и час записаны в сделке',
    },
    owner: at % 5 === 4 ? { kind: 'departmentHead' } : { kind: 'dealResponsible' },
    offset: { anchor: { from: 'stageEntry' }, amount: 1 + at, unit: 'workingDays' },
    durationMinutes: 15,
    required: at % 2 === 0,
    prerequisites: at % 3 === 2 ? [`step-${stage}-${at - 1}`] : [],
    result: at % 4 === 3 ? { kind: 'text', label: 'Что решили?' } : { kind: 'none' },
    exit: at % 4 === 0 ? 'carryOver' : 'cancel',
    reentry: at % 3 === 0 ? 'newPass' : 'reopenUndone',
  });
  return {
    key: 'bench',
    language: 'ru',
    name: 'Bench',
    description: '',
    stages: Array.from({ length: stages }, (_, stage) => ({
      key: `stage-${stage}`,
      name: `Stage ${stage}`,
      meaning: '',
      kind: 'open',
      synonyms: [],
      steps: Array.from({ length: Math.min(perStage, steps - stage * perStage) }, (_, at) => step(stage, at)),
    })),
    onWon: { openSteps: 'byExitPolicy', closingSteps: 'create' },
    onLost: { openSteps: 'cancel', closingSteps: 'skip' },
  };
}

/** A deal that goes back and forth through ten stages of ten steps each. */
export function longInput(): Omit<PlanInput, 'people'> & { readonly people: object } {
  const template = aTemplate(10, 100);
  const now = Date.UTC(2026, 10, 23, 7);
  const visits = Array.from({ length: 12 }, (_, at) => ({
    dealId: '1',
    seq: at + 1,
    pipelineId: 'P',
    stageId: `S${at < 8 ? at : at - 4}`,
    enteredAt: now - (20 - at) * DAY_MS,
    leftAt: at < 11 ? now - (19 - at) * DAY_MS : null,
  }));
  return {
    template,
    stageMap: {
      entries: template.stages.map((stage, at) => ({
        pipelineStageId: `S${at}`,
        stageKeys: [stage.key],
        match: 'name',
        confidence: 1,
      })),
    },
    deal: {
      id: '1',
      title: 'Deal',
      pipelineId: 'P',
      stageId: 'S0',
      stageKind: 'open',
      ownerId: '1',
      amount: '1000',
      currency: 'RUB',
      sourceId: null,
      companyId: null,
      contactId: null,
      createdAt: now - 20 * DAY_MS,
      modifiedAt: now,
      stageSince: null,
      lastActivityAt: null,
      productIds: [],
      tags: [],
      lossReason: null,
      fields: {},
    },
    visits,
    startedAt: now - 20 * DAY_MS,
    steps: [],
    pause: null,
    people: {
      departmentHeadId: '2',
      fallback: { calendar: standardCalendar('RU'), timeZone: 'Europe/Moscow' },
    },
    now,
  };
}
