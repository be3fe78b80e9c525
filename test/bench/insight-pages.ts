import { setImmediate } from 'node:timers/promises';
import { DealFactsRepository } from '../../src/features/insight/deal-facts.repository.js';
import { FactCounter } from '../../src/features/insight/fact-counter.service.js';
import { FactShelf } from '../../src/features/insight/fact-shelf.repository.js';
import { HabitsRepository } from '../../src/features/insight/habits.repository.js';
import { HistoryRepository } from '../../src/features/insight/history.repository.js';
import { HostNames } from '../../src/features/insight/host-names.service.js';
import { InsightCache } from '../../src/features/insight/insight-cache.js';
import { InsightPages } from '../../src/features/insight/insight-pages.service.js';
import type { InsightFilter } from '../../src/features/insight/insight.view.js';
import { OutlookPages } from '../../src/features/insight/outlook-pages.service.js';
import { OutlookRepository } from '../../src/features/insight/outlook.repository.js';
import { PageContexts } from '../../src/features/insight/page-contexts.service.js';
import { PageFacts } from '../../src/features/insight/page-facts.service.js';
import { PageMaker } from '../../src/features/insight/page-maker.service.js';
import { SellersRepository } from '../../src/features/insight/sellers.repository.js';
import { Steps } from '../../src/features/insight/steps.service.js';
import { StuckRepository } from '../../src/features/insight/stuck.repository.js';
import { StuckService } from '../../src/features/insight/stuck.service.js';
import { systemClock } from '../../src/infra/clock.js';
import type { SessionClaims } from '../../src/infra/crypto/sessions.js';
import type { Database } from '../../src/infra/db/database.js';
import { accountIdOf } from '../../src/infra/ids.js';
import { CompanyStructures, MirrorReads } from '../../src/mirror/index.js';
import { rounded } from './report.js';
import { log } from './workshop.js';

export const ACCOUNT = accountIdOf('memory', 'bench-insight');
export const PIPELINE = 'P0';
/** Nobody works them off here. */
export const NO_JOBS = { prepare: () => Promise.resolve(), enqueue: () => Promise.resolve() } as never;
const ASKED = 40;

const PERSON: SessionClaims = {
  accountId: ACCOUNT,
  host: 'memory',
  userId: '1',
  userName: 'U1',
  admin: true,
  dealId: null,
  language: 'ru',
  timeZone: 'Europe/Moscow',
};

type Ask = (filter: InsightFilter) => Promise<unknown>;

export interface PagesOfInsight {
  readonly pages: Readonly<Record<string, Ask>>;
  /** Nothing is remembered in the process. */
  readonly forget: () => void;
}

/** The services as the application wires them, without HTTP. */
export function pagesOfInsight(database: Database): PagesOfInsight {
  const cache = new InsightCache();
  const mirror = new MirrorReads(database);
  const steps = new Steps(database);
  const structures = new CompanyStructures(mirror);
  const names = new HostNames(database, NO_JOBS, cache);
  const contexts = new PageContexts(structures, mirror, cache, names, new Map(), systemClock);
  const stuckDeals = new StuckRepository(database, steps);
  const sellers = new SellersRepository(database, steps);
  const counter = new FactCounter(
    new HistoryRepository(database, steps, NO_JOBS),
    new DealFactsRepository(database, steps),
    stuckDeals,
    sellers,
    new OutlookRepository(steps),
    new HabitsRepository(steps),
  );
  const facts = new PageFacts(counter, new FactShelf(database), cache, NO_JOBS, systemClock);
  const maker = new PageMaker(contexts, facts, cache);
  const pages = new InsightPages(contexts, maker, names);
  const outlook = new OutlookPages(maker, facts, sellers, names, null);
  const stuck = new StuckService(contexts, maker, stuckDeals, cache);
  return {
    forget: () => cache.forget(ACCOUNT),
    pages: {
      stuck: (filter) => stuck.page(PERSON, filter, [], null),
      funnel: (filter) => pages.funnel(PERSON, filter),
      stages: (filter) => pages.stages(PERSON, filter),
      weakest: (filter) => pages.weakest(PERSON, filter),
      diagnosis: (filter) => pages.diagnosis(PERSON, filter),
      sellers: (filter) => outlook.sellers(PERSON, filter),
      forecast: (filter) => outlook.forecast(PERSON, filter, '100000000'),
      clients: (filter) => outlook.clients(PERSON, filter),
      losses: (filter) => outlook.losses(PERSON, filter),
    },
  };
}

/** A whole pipeline, a seller of it, a product, a quarter. */
const FILTERS: Readonly<Record<string, InsightFilter>> = {
  '': { pipelineId: PIPELINE },
  'of a seller': { pipelineId: PIPELINE, sellerIds: ['7'] },
  'of a product': { pipelineId: PIPELINE, productIds: ['G3'] },
  'of 90 days': { pipelineId: PIPELINE, from: daysAgo(90) },
};

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

export async function pageTimes(
  database: Database,
): Promise<{ readonly names: readonly string[]; readonly figures: Readonly<Record<string, number>> }> {
  const { pages, forget } = pagesOfInsight(database);
  const figures: Record<string, number> = {};
  const names: string[] = [];
  for (const [which, filter] of Object.entries(FILTERS)) {
    for (const [page, ask] of Object.entries(pages)) {
      const name = `${page} ${which}`.trim();
      names.push(name);
      const counted = await answerTime(() => ask(filter), forget);
      const times: number[] = [];
      const cpu = process.cpuUsage();
      for (let time = 0; time < ASKED; time += 1) times.push(await answerTime(() => ask(filter), forget));
      const { user, system } = process.cpuUsage(cpu);
      const sorted = times.toSorted((a, b) => a - b);
      const place = (share: number): number => rounded(sorted[Math.floor(ASKED * share)] ?? Number.NaN);
      figures[`${name} p95 ms`] = place(0.95);
      figures[`${name} median ms`] = place(0.5);
      figures[`${name} cpu ms`] = rounded((user + system) / 1_000 / ASKED);
      figures[`${name} counted ms`] = rounded(counted);
      log(
        `${name}: counted ${rounded(counted)} ms, then median ${place(0.5)} ms, p95 ${place(0.95)} ms, of it ${figures[`${name} cpu ms`]} ms own work`,
      );
    }
  }
  return { names, figures };
}

async function answerTime(ask: () => Promise<unknown>, forget: () => void): Promise<number> {
  forget();
  await setImmediate();
  const startedAt = performance.now();
  await ask();
  return performance.now() - startedAt;
}
