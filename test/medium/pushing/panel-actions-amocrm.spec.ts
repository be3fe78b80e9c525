import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AxiosInstance } from 'axios';
import type {
  PanelAction,
  PanelActionAnswer,
  PanelChoicesView,
  PanelPageView,
  PanelRowView,
} from '../../../src/features/pushing/panel.view.js';
import { startAmocrmEverything, type AmocrmRunning } from '../../support/amocrm-running.js';
import { settled, smallCompany } from '../../support/running.js';
import { until } from '../../support/until.js';

const WAIT = { timeoutMs: 30_000 };

/** The same actions in the other host: its stages, its owners, its notes. */
describe('test/medium/pushing/panel-actions-amocrm', () => {
  let running: AmocrmRunning;
  let api: AxiosInstance;
  let choices: PanelChoicesView;

  beforeAll(async () => {
    running = await startAmocrmEverything({ company: smallCompany(40) });
    ({ api } = await running.enter(running.portal.store.people.firstAdmin().id));
    choices = (await api.get<PanelChoicesView>('/api/panel/choices')).data;
    await settled(running);
    await until(async () => (await rows()).length > 5, { ...WAIT, what: 'rows of open leads' });
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  async function rows(): Promise<readonly PanelRowView[]> {
    return (await api.get<PanelPageView>('/api/panel?limit=200&sort=created')).data.rows;
  }

  async function act(action: PanelAction): Promise<PanelActionAnswer> {
    const { status, data } = await api.post<PanelActionAnswer>('/api/panel/actions', action);
    expect([status, data]).toMatchObject([200, { done: 1, refused: [] }]);
    return data;
  }

  const stagesOf = (row: PanelRowView) =>
    choices.pipelines.find((one) => one.id === row.pipelineId)?.stages ?? [];
  const lead = (row: PanelRowView) => running.portal.context.deal(Number(row.dealId));

  it('moves a lead to another stage, and back', async () => {
    const [row] = (await rows()).slice(0, 1);
    if (!row) throw new Error('no lead');
    const before = lead(row)?.stageId;
    const target = stagesOf(row).find((stage) => stage.kind === 'open' && stage.id !== row.stageId);
    const { undo } = await act({ kind: 'move', dealIds: [row.dealId], stageId: target?.id ?? '' });
    await until(() => lead(row)?.stageId !== before, { ...WAIT, what: 'the move' });
    expect((await api.post('/api/panel/undo', { undo })).status).toBe(200);
    await until(() => lead(row)?.stageId === before, { ...WAIT, what: 'the old stage' });
  });

  it('hands a lead to another person', async () => {
    const [row] = (await rows()).slice(1, 2);
    if (!row) throw new Error('no lead');
    const heir = choices.sellers.find((one) => one.id !== row.ownerId);
    const order = { kind: 'reassign', dealIds: [row.dealId], openSteps: false } as const;
    await act({ ...order, userId: heir?.id ?? '' });
    await until(() => String(lead(row)?.ownerId) === heir?.id, { ...WAIT, what: 'the new owner' });
  });

  it('closes a lead with a reason, and opens it again', async () => {
    const [row] = (await rows()).slice(2, 3);
    if (!row) throw new Error('no lead');
    const before = lead(row)?.stageId;
    const reasonKey = choices.reasons.find((one) => one.uses.includes('loss'))?.key ?? '';
    const { undo } = await act({ kind: 'close', dealIds: [row.dealId], reasonKey });
    await until(() => lead(row)?.kind === 'lost', { ...WAIT, what: 'a lost lead' });
    expect((await api.post('/api/panel/undo', { undo })).status).toBe(200);
    await until(() => lead(row)?.stageId === before, { ...WAIT, what: 'the old stage' });
  });
});
