import type { TemplateStage, TemplateStep } from '../../src/domain/plans/template.types.js';
import type {
  Company,
  CompanyDeal,
  CompanyPerson,
  CompanyPipeline,
  CompanyStageEntry,
} from '../../src/sandbox/company/company.js';
import { DAY, HOUR, type Zone } from './planted-time.js';

export const BOSS = 1;
export const HEAD = 2;
export const ANNA = 3;
export const OLEG = 4;
export const VERA = 5;
export const RAIF = 6;
export const PAVEL = 7;
export const RITA = 8;

interface Person {
  readonly name: string;
  readonly zone: Zone;
  readonly headId: number | null;
}

const MOSCOW = 'Europe/Moscow' as const;
const URAL = 'Asia/Yekaterinburg' as const;

export const PEOPLE: Readonly<Record<number, Person>> = {
  [BOSS]: { name: 'Борис', zone: MOSCOW, headId: null },
  [HEAD]: { name: 'Галина', zone: MOSCOW, headId: BOSS },
  [ANNA]: { name: 'Анна', zone: MOSCOW, headId: HEAD },
  [OLEG]: { name: 'Олег', zone: MOSCOW, headId: HEAD },
  [VERA]: { name: 'Вера', zone: MOSCOW, headId: HEAD },
  [RAIF]: { name: 'Раиф', zone: URAL, headId: BOSS },
  [PAVEL]: { name: 'Павел', zone: URAL, headId: RAIF },
  [RITA]: { name: 'Рита', zone: URAL, headId: RAIF },
};

export interface Absence {
  readonly userId: number;
  /** Days of the month, both included. */
  readonly from: number;
  readonly to: number;
  readonly deputyId: number | null;
  /** On which morning the administrator hears of it. */
  readonly knownOn: number;
}

/** One with a deputy, one without, the head within the latter, and one that nobody knew of the day before. */
export const ABSENCES: readonly Absence[] = [
  { userId: OLEG, from: 7, to: 9, deputyId: ANNA, knownOn: 0 },
  { userId: VERA, from: 14, to: 17, deputyId: null, knownOn: 0 },
  { userId: HEAD, from: 15, to: 16, deputyId: null, knownOn: 0 },
  { userId: RITA, from: 29, to: 30, deputyId: null, knownOn: 29 },
];

/** One CRM names heads, of the other one's groups they are known by their rights; above them is the administrator. */
export function headOf(userId: number): number | null {
  return PEOPLE[userId]?.headId ?? null;
}

export const PIPELINES = { sales: 0, projects: 1, inbox: 2, short: 3, fast: 4, flow: 5 } as const;
export type PipelineName = keyof typeof PIPELINES;

/** Open stages, first to last. */
export const STAGES: Readonly<Record<PipelineName, readonly string[]>> = {
  sales: ['NEW', 'WORK', 'OFFER', 'DEAL'],
  projects: ['START', 'MIDDLE', 'END'],
  inbox: ['INBOX', 'WORK'],
  short: ['START', 'MIDDLE', 'END'],
  fast: ['FAST', 'NEXT', 'LAST'],
  flow: ['TOP', 'MID', 'NEAR'],
};

/** As the portal names a stage. */
export function stageIdOf(pipeline: PipelineName, stage: string): string {
  return pipeline === 'sales' ? stage : `C${PIPELINES[pipeline]}:${stage}`;
}

function step(key: string, hours: number, changes: Partial<TemplateStep> = {}): TemplateStep {
  return {
    key,
    title: `Шаг ${key}`,
    instruction: { goal: 'Договориться', say: 'Добрый день', done: 'Клиент согласен' },
    owner: { kind: 'dealResponsible' },
    offset: { anchor: { from: 'stageEntry' }, amount: hours, unit: 'workingHours' },
    durationMinutes: 15,
    required: true,
    prerequisites: [],
    result: { kind: 'none' },
    exit: 'cancel',
    reentry: 'reopenUndone',
    ...changes,
  };
}

function stage(key: string, steps: readonly TemplateStep[]): TemplateStage {
  return { key: key.toLowerCase(), name: key, meaning: '', kind: 'open', synonyms: [], steps };
}

/** Minutes of the one step that is more than a week's work. */
const HEAVY_MINUTES = 4_000;

/** Stages of the templates, by the pipeline that each of them plans. */
export const TEMPLATES: Readonly<Partial<Record<PipelineName, readonly TemplateStage[]>>> = {
  projects: [
    stage('START', [step('call', 8), step('extra', 40, { required: false, prerequisites: ['call'] })]),
    stage('MIDDLE', [step('offer', 8)]),
    stage('END', [step('sign', 16)]),
  ],
  short: [
    stage('START', [step('study', 24, { durationMinutes: HEAVY_MINUTES })]),
    stage('MIDDLE', []),
    stage('END', []),
  ],
  inbox: [stage('INBOX', [step('greet', 40)]), stage('WORK', [step('work', 40)])],
};

export interface FormerDeal {
  readonly number: number;
  readonly pipeline: PipelineName;
  readonly ownerId: number;
  readonly history: readonly { readonly at: number; readonly stage: string }[];
}

export function companyOf(deals: readonly FormerDeal[], start: number): Company {
  return {
    name: 'Посеянное',
    language: 'ru',
    timeZone: MOSCOW,
    now: start,
    departments: [
      { id: 1, name: 'Компания', parentId: null, headId: BOSS },
      { id: 2, name: 'Москва', parentId: 1, headId: HEAD },
      { id: 3, name: 'Урал', parentId: 1, headId: RAIF },
    ],
    people: Object.entries(PEOPLE).map(([id, person]) => personOf(Number(id), person)),
    pipelines: (Object.keys(PIPELINES) as PipelineName[]).map(pipelineOf),
    products: [],
    clients: [],
    contacts: [],
    deals: deals.map(dealOf),
  };
}

function personOf(id: number, { name, zone }: Person): CompanyPerson {
  return {
    id,
    firstName: name,
    lastName: `№ ${id}`,
    email: `user${id}@example.com`,
    position: '',
    departmentIds: [id === BOSS ? 1 : zone === MOSCOW ? 2 : 3],
    admin: id === BOSS,
    active: true,
    timeZone: zone,
  };
}

function pipelineOf(name: PipelineName): CompanyPipeline {
  const open = STAGES[name].map((code) => ({ code, name: code, kind: 'open', color: '#39a8ef' }) as const);
  return {
    id: PIPELINES[name],
    name,
    stages: [
      ...open,
      { code: 'WON', name: 'Успех', kind: 'won', color: '#7bd500' },
      { code: 'LOSE', name: 'Провал', kind: 'lost', color: '#ff5752' },
    ],
  };
}

function dealOf({ number, pipeline, ownerId, history }: FormerDeal): CompanyDeal {
  const pipelineId = PIPELINES[pipeline];
  return {
    id: number,
    title: titleOf(number),
    pipelineId,
    ownerId,
    amount: 1_000 * number,
    currency: 'RUB',
    clientId: null,
    contactId: null,
    productId: null,
    sourceId: null,
    createdAt: history[0]?.at ?? 0,
    modifiedAt: history.at(-1)?.at ?? 0,
    history: history.map(({ at, stage: stageCode }): CompanyStageEntry => ({ at, pipelineId, stageCode })),
  };
}

export function titleOf(number: number): string {
  return `Сделка № ${number}`;
}

/**
 * What the fast pipeline was like before: most deals go on within four days, and those that do not are lost after
 * twelve. Who stands there longer than a week is stuck.
 */
export function formerFastDeals(from: number, start: number): readonly FormerDeal[] {
  return Array.from({ length: 60 }, (_, place): FormerDeal => {
    const number = from + place;
    const at = start - (30 + place) * DAY - (place % 7) * HOUR;
    const stay = (1 + (place % 4)) * DAY - (place % 5) * HOUR;
    const goesOn = place % 3 !== 0;
    const history = goesOn
      ? ['FAST', 'NEXT', 'LAST', 'WON'].map((code, index) => ({ at: at + index * stay, stage: code }))
      : [
          { at, stage: 'FAST' },
          { at: at + 12 * DAY, stage: 'LOSE' },
        ];
    return { number, pipeline: 'fast', ownerId: ANNA, history };
  });
}
