import { randomUUID } from 'node:crypto';
import type { TemplateBody } from '../../../src/domain/plans/types.js';
import type {
  AffectedView,
  DealChoiceView,
  DryRunView,
  MigrationPreviewView,
  NewTemplate,
  PreviewView,
  TemplatesView,
} from '../../../src/features/plans/templates.view.js';
import { HOSTILE_TITLE, hoursFrom, type Language } from './fixtures.js';

export const words = {
  ru: {
    pipeline: 'Продажи',
    retail: 'Розница',
    stages: ['Новая заявка', 'Связались с клиентом', 'КП направлено', 'Ждём оплату'],
    won: 'Деньги пришли',
    lost: 'Отказ',
    deal: 'Поставка станков для ООО «Вектор»',
    seller: 'Ольга Смирнова',
    origin: 'Составлен по воронке «Продажи»: выигранных сделок 120, задач в них 840.',
    first: 'Первый этап',
  },
  en: {
    pipeline: 'Sales',
    retail: 'Retail',
    stages: ['New request', 'Contacted', 'Offer sent', 'Awaiting payment'],
    won: 'Money received',
    lost: 'Refused',
    deal: 'Machine tools for Vector Ltd',
    seller: 'Olga Smirnova',
    origin: 'Drafted from the pipeline “Sales”: 120 won deals, 840 tasks in them.',
    first: 'First stage',
  },
} as const;

export function pipelinesOf(
  language: Language,
): readonly Omit<TemplatesView['pipelines'][number], 'templateId'>[] {
  const w = words[language];
  const stages = [
    ...w.stages.map((name, at) => ({ id: `s${at}`, name, kind: 'open' as const })),
    { id: 'won', name: w.won, kind: 'won' as const },
    { id: 'lost', name: w.lost, kind: 'lost' as const },
  ];
  return [
    { id: '0', name: w.pipeline, openDeals: 2_089, stages },
    { id: '1', name: w.retail, openDeals: 0, stages },
  ];
}

export function blankBody(order: Extract<NewTemplate, { from: 'blank' }>, language: Language): TemplateBody {
  const own = pipelinesOf(language).find((one) => one.id === order.pipelineId)?.stages;
  const stages = own ?? [{ name: words[language].first, kind: 'open' as const }];
  return {
    key: `t-${randomUUID().slice(0, 8)}`,
    language: order.language,
    name: order.name,
    description: '',
    stages: stages.map(({ name, kind }, at) => ({
      ...{ key: `stage-${at + 1}`, name, meaning: '', kind },
      synonyms: [],
      steps: [],
    })),
    onWon: { openSteps: 'byExitPolicy', closingSteps: 'create' },
    onLost: { openSteps: 'cancel', closingSteps: 'skip' },
  };
}

export function dealsOf(language: Language, q: string): readonly DealChoiceView[] {
  const w = words[language];
  return [
    { id: '57', title: w.deal, stageName: w.stages[0] },
    { id: '58', title: HOSTILE_TITLE, stageName: w.stages[1] },
  ].filter((deal) => deal.title.toLowerCase().includes(q.toLowerCase()));
}

export function preview(language: Language, now: number, body: TemplateBody): PreviewView {
  const w = words[language];
  const steps = body.stages.flatMap((stage) =>
    stage.steps.map((step) => ({ stepKey: step.key, stageName: stage.name, title: step.title })),
  );
  return {
    deal: { id: '57', title: w.deal, stageName: w.stages[0], ownerName: w.seller },
    steps: steps.map((step, at) => ({
      ...step,
      state: at === 0 ? 'actionable' : 'future',
      ownerName: w.seller,
      dueAt: at === 2 ? null : hoursFrom(now, 3 + at * 60),
      because: null,
    })),
  };
}

export function dryRun(language: Language): DryRunView {
  const seller = (name: string, tasks: number) => ({
    name,
    tasks,
    busiestDay: { date: '2026-10-12', tasks, minutes: tasks * 15 },
  });
  return {
    ...{ from: hoursFrom(0, 0), to: hoursFrom(0, 2_160), deals: 412, tasks: 3_118 },
    sellers: [seller(words[language].seller, 14), seller(HOSTILE_TITLE, 9)],
    sampledDeals: null,
  };
}

const changes = { kept: 4_100, added: 640, moved: 320, dropped: 12, editedByHand: 7 };

export function affected(language: Language, running: boolean): AffectedView {
  const w = words[language];
  const none = { kept: 0, added: 0, moved: 0, dropped: 0, editedByHand: 0 };
  if (!running) return { pipelines: [], openPlans: 0, sellers: [], changes: none };
  return { pipelines: [w.pipeline], openPlans: 640, sellers: [w.seller, 'Ivan'], changes };
}

export function migrationPreview(language: Language, now: number): MigrationPreviewView {
  const w = words[language];
  const step = (title: string, change: 'kept' | 'moved' | 'dropped') => ({
    ...{ title, change },
    dueBefore: hoursFrom(now, 5),
    dueAfter: hoursFrom(now, 30),
  });
  return {
    plans: 640,
    counts: changes,
    sampledPlans: null,
    examples: [
      {
        dealId: '57',
        dealTitle: w.deal,
        steps: [step(w.stages[0], 'kept'), step(w.stages[1], 'moved'), step(w.stages[2], 'dropped')],
      },
    ],
  };
}
