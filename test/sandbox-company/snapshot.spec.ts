import { describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { startBitrix24Portal, type Bitrix24Portal } from '../../src/sandbox/bitrix24/portal.js';
import { exportState, importState, stateMark } from '../../src/sandbox/bitrix24/store/snapshot.js';
import { generateCompany } from '../../src/sandbox/company/generator.js';

const NOW = Date.now();

function open(options: { seed?: number; port?: string } = {}): Promise<Bitrix24Portal> {
  const company = generateCompany({ seed: 5, deals: 60, language: 'en', now: NOW });
  const app = `http://localhost:${options.port ?? '1'}`;
  const application = {
    clientId: 'local.kept',
    clientSecret: 's',
    handlerUrl: `${app}/frame`,
    installUrl: `${app}/install`,
    title: 'Kept',
  };
  return startBitrix24Portal({ port: 0, limits: false, company, seed: options.seed ?? 5, application });
}

describe('test/sandbox-company/snapshot.spec.ts', () => {
  it('brings a portal back as it was: deals, history, tasks, the application and its tokens', async () => {
    const first = await open();
    const { context } = first;
    const before = stateMark(first.store);
    const created = context.createDeal({ title: 'Kept deal', pipelineId: 1 }, 1);
    context.moveDeal(created.id, 'C1:OFFER', 1);
    await axios.post(`${first.webhook}tasks.task.add.json`, {
      fields: { TITLE: 'Kept task', RESPONSIBLE_ID: 6, UF_CRM_TASK: [`D_${created.id}`] },
    });
    const { fields } = context.issueFrameAuth('local.kept', 1, 'DEFAULT', {});
    context.finishInstall('local.kept');
    expect(stateMark(first.store)).not.toBe(before);
    const bytes = exportState(first.store);
    await first.close();

    const second = await open({ port: '2' });
    expect(importState(second.store, bytes)).toBe(true);
    const kept = second.context;
    expect(kept.deal(created.id)).toMatchObject({ title: 'Kept deal', stageId: 'C1:OFFER' });
    expect(kept.stageHistory(created.id).map((entry) => entry.stageId)).toEqual(['C1:NEW', 'C1:OFFER']);
    expect(kept.tasks({ dealId: created.id })).toHaveLength(1);
    expect(kept.applications()[0]).toMatchObject({
      state: 'installed',
      handlerUrl: 'http://localhost:2/frame',
    });
    const token = await axios.get(`${second.url}/oauth/token/`, {
      params: {
        grant_type: 'refresh_token',
        client_id: 'local.kept',
        client_secret: 's',
        refresh_token: fields['REFRESH_ID'],
      },
    });
    expect(token.status).toBe(200);
    kept.moveDeal(created.id, 'C1:WON', 1);
    expect(kept.deal(created.id)?.kind).toBe('won');
    expect(kept.createDeal({ title: 'Next' }, 1).id).toBe(created.id + 1);
    await second.close();
  });

  it('leaves the portal alone when the state is broken or of another portal', async () => {
    const first = await open();
    first.context.createDeal({ title: 'Elsewhere' }, 1);
    const bytes = exportState(first.store);
    await first.close();
    const other = await open({ seed: 6 });
    const mark = stateMark(other.store);
    expect(importState(other.store, bytes)).toBe(false);
    expect(importState(other.store, bytes.subarray(0, bytes.length / 2))).toBe(false);
    expect(importState(other.store, Buffer.from('rubbish'))).toBe(false);
    expect(stateMark(other.store)).toBe(mark);
    await other.close();
  });
});
