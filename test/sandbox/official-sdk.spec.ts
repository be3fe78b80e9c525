import { globalAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { B24Hook, B24OAuth, EnumAppStatus } from '@bitrix24/b24jssdk';
import { installed, portalOf } from './portal-harness.js';
import { smallCompany } from './small-company.js';

afterEach(() => {
  delete globalAgent.options.ca;
});

/** The SDK insists on https: a portal with its own authority, trusted for the length of the test. */
async function securePortal(deals: number) {
  const portal = await portalOf({ tls: true, company: smallCompany(deals) });
  globalAgent.options.ca = [...rootCertificates, portal.authority ?? ''];
  return portal;
}

async function hooked(deals = 120) {
  const portal = await securePortal(deals);
  const sdk = B24Hook.fromWebhookUrl(portal.webhook.replace(/\/$/, ''));
  sdk.offClientSideWarning();
  return { portal, sdk };
}

interface Item {
  readonly id: number;
  readonly title: string;
}

describe('test/sandbox/official-sdk', () => {
  it('calls a method', async () => {
    const { sdk } = await hooked();
    const answer = await sdk.actions.v2.call.make({ method: 'profile' });
    expect(answer.isSuccess).toBe(true);
    expect(answer.getData()?.result).toMatchObject({ ID: '1', ADMIN: true });
  });

  it('fetches every deal page by page', async () => {
    const { sdk } = await hooked();
    const ids: number[] = [];
    const pages = sdk.actions.v2.fetchList.make<Item>({
      method: 'crm.item.list',
      params: { entityTypeId: 2, select: ['id', 'title'] },
      idKey: 'id',
      customKeyForResult: 'items',
    });
    for await (const page of pages) {
      ids.push(...page.map((item) => item.id));
    }
    expect(ids).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
  });

  it('lists the classic family too', async () => {
    const { sdk } = await hooked(70);
    const answer = await sdk.actions.v2.callList.make<{ readonly ID: string }>({
      method: 'crm.deal.list',
      params: { select: ['ID'] },
      idKey: 'ID',
    });
    expect(answer.getData()?.length).toBe(70);
  });

  it('runs a batch and reads its errors by key', async () => {
    const { sdk } = await hooked();
    const answer = await sdk.actions.v2.batch.make({
      calls: {
        deal: { method: 'crm.item.get', params: { entityTypeId: 2, id: 7 } },
        gone: { method: 'crm.item.get', params: { entityTypeId: 2, id: 7000 } },
      },
      options: { isHaltOnError: false, returnAjaxResult: true },
    });
    const rows = answer.getData() as Record<
      string,
      { isSuccess: boolean; getData(): { result: { item: Item } } }
    >;
    expect(rows['deal']?.getData().result.item.id).toBe(7);
    expect(rows['gone']?.isSuccess ?? false).toBe(false);
  });

  it('writes tasks in chunks', async () => {
    const { sdk, portal } = await hooked();
    const answer = await sdk.actions.v2.batchByChunk.make({
      calls: Array.from({ length: 60 }, (_, index) => ({
        method: 'tasks.task.add',
        params: { fields: { TITLE: `Step ${index}`, RESPONSIBLE_ID: 2, UF_CRM_TASK: ['D_1'] } },
      })),
    });
    expect(answer.isSuccess).toBe(true);
    expect(portal.store.tasks.boundTo('D_1').length).toBe(60);
  });

  it('calls REST 3.0', async () => {
    const { sdk, portal } = await hooked();
    const answer = await sdk.actions.v3.call.make({
      method: 'tasks.task.add',
      params: { fields: { title: 'Call', creatorId: 1, responsibleId: 2 } },
    });
    expect(answer.isSuccess).toBe(true);
    expect(portal.store.tasks.get(1)?.title).toBe('Call');
  });

  it('refreshes an expired token through the OAuth server and goes on', async () => {
    const portal = await securePortal(10);
    const { application, pair } = installed(portal, 'https://127.0.0.1:1');
    const sdk = new B24OAuth(
      {
        applicationToken: application.applicationToken,
        userId: 1,
        memberId: portal.memberId,
        accessToken: pair.access,
        refreshToken: pair.refresh,
        expires: pair.expires,
        expiresIn: 3600,
        scope: 'crm,task',
        domain: portal.domain,
        clientEndpoint: `${portal.url}/rest/`,
        serverEndpoint: `${portal.url}/oauth/rest/`,
        status: EnumAppStatus.Local,
      },
      { clientId: application.id, clientSecret: application.secret },
    );
    sdk.offClientSideWarning();
    let refreshed = '';
    sdk.setCallbackRefreshAuth(async ({ b24OAuthParams }) => {
      refreshed = b24OAuthParams.refreshToken;
    });
    portal.store.tokens.expireAll();
    const answer = await sdk.actions.v2.call.make({ method: 'profile' });
    expect(answer.getData()?.result).toMatchObject({ ID: '1' });
    expect(portal.store.tokens.refreshes).toBe(1);
    expect(refreshed).not.toBe('');
    expect(refreshed).not.toBe(pair.refresh);
  });

  it('slows down by itself when the portal refuses', async () => {
    const { sdk, portal } = await hooked();
    portal.faults.add({ kind: 'query-limit', times: 1 });
    const answer = await sdk.actions.v2.call.make({ method: 'server.time' });
    expect(answer.isSuccess).toBe(true);
    expect(portal.log.refusals.get('QUERY_LIMIT_EXCEEDED')).toBe(1);
  });
});
