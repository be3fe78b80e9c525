import { installDemo } from '../../src/sandbox/demo/demo-administrator.js';
import { demoApplication } from '../../src/sandbox/demo/demo-application.js';
import { startBitrix24Portal, type Bitrix24Portal } from '../../src/sandbox/bitrix24/portal.js';
import type { Company } from '../../src/sandbox/company/company.js';
import { generateCompany } from '../../src/sandbox/company/generator.js';
import { accountIdOf } from '../../src/infra/ids.js';
import { until } from './until.js';
import { startEverything, smallCompany, type Running } from './running.js';

const NEIGHBOUR_SEED = 8;
const APPLICATION_SEED = 7;
/** Stands in every text of the neighbour, so that one look tells whose data it is. */
export const MARK = 'СОСЕДСКАЯ';

/** Two portals that know nothing of each other, in one service: ids of the second are more than the first one has. */
export interface TwoAccounts {
  readonly running: Running;
  readonly neighbour: Bitrix24Portal;
  readonly ownId: string;
  readonly neighbourId: string;
  stop(): Promise<void>;
}

export async function startTwoAccounts(hear?: (line: string) => void): Promise<TwoAccounts> {
  const neighbour = await startBitrix24Portal({
    port: 0,
    limits: false,
    company: markedCompany(),
    seed: NEIGHBOUR_SEED,
  });
  const running = await startEverything({
    company: smallCompany(20),
    plans: [{ pipelineId: 1, templateKey: 'transactional' }],
    trusted: [new URL(neighbour.url).origin],
    ...(hear && { hear }),
  });
  neighbour.store.applications.register(demoApplication(running.url, 'ru', APPLICATION_SEED));
  const plans = [{ pipelineId: 77, templateKey: 'transactional' }];
  const { planned } = await installDemo(neighbour.url, running.url, { plans, language: 'ru', pollMs: 50 });
  await planned;
  // Products are copied after the plans: whoever compares the database before and after a call would see them come.
  await until(async () => (await dealsWithoutProducts(running)) === 0, { what: 'all products of deals' });
  return {
    running,
    neighbour,
    ownId: accountIdOf('bitrix24', running.portal.memberId),
    neighbourId: accountIdOf('bitrix24', neighbour.memberId),
    stop: async () => {
      await running.stop();
      await neighbour.close();
    },
  };
}

async function dealsWithoutProducts({ database }: Running): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM deal WHERE products_due AND deleted_at IS NULL',
  );
  return row?.n ?? 0;
}

/** Forty deals, and a pipeline of a number that the other company does not have. */
function markedCompany(): Company {
  const company = generateCompany({ seed: NEIGHBOUR_SEED, deals: 40, language: 'ru', now: Date.now() });
  const [first, ...rest] = company.pipelines;
  if (!first) throw new Error('the generated company has no pipeline');
  const deals = [...company.deals].map((deal) => ({
    ...deal,
    title: `${MARK} ${deal.title}`,
    pipelineId: 77,
    history: deal.history.map((move) => ({
      ...move,
      pipelineId: 77,
      stageCode: codeIn(first, move.stageCode),
    })),
  }));
  return {
    ...company,
    name: `${MARK} компания`,
    pipelines: [first, { ...first, id: 77, name: `${MARK} воронка` }, ...rest],
    deals,
  };
}

function codeIn(pipeline: Company['pipelines'][number], code: string): string {
  return pipeline.stages.some((stage) => stage.code === code) ? code : (pipeline.stages[0]?.code ?? 'NEW');
}
