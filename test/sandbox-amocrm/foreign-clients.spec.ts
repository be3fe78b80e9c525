import https from 'node:https';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Amo } from '@shevernitskiy/amo';
import { Client } from 'amocrm-js';
import { startAmocrmPortal, type AmocrmPortal } from '../../src/sandbox/amocrm/portal.js';
import type { Integration } from '../../src/sandbox/amocrm/store/integrations.js';
import { smallCompany } from '../sandbox/small-company.js';

const NAME = 'demo.amocrm.ru';
const REDIRECT = 'https://integrator.example/callback';
const LEADS = 620;

/** Connections to any host go to the loopback: the client keeps the host's own name and certificate check. */
class LoopbackAgent extends https.Agent {
  constructor(private readonly loopback: { readonly port: number; readonly authority: string }) {
    super();
  }

  override createConnection(...[options, callback]: Parameters<https.Agent['createConnection']>) {
    const { port, authority: ca } = this.loopback;
    return super.createConnection({ ...options, host: 'localhost', servername: NAME, port, ca }, callback);
  }
}

describe('test/sandbox-amocrm/foreign-clients', () => {
  let portal: AmocrmPortal;
  let integration: Integration;
  const agent = https.globalAgent;
  const authorities = tls.getCACertificates('default');

  beforeAll(async () => {
    portal = await startAmocrmPortal({
      port: 0,
      tls: true,
      names: [NAME],
      limits: false,
      company: smallCompany(LEADS),
    });
    integration = portal.store.integrations.register({ redirectUri: REDIRECT });
    const authority = portal.authority ?? '';
    https.globalAgent = new LoopbackAgent({ port: Number(new URL(portal.url).port), authority });
    tls.setDefaultCACertificates([...authorities, authority]);
  });

  afterAll(async () => {
    https.globalAgent.destroy();
    https.globalAgent = agent;
    tls.setDefaultCACertificates(authorities);
    await portal.close();
  });

  describe('amocrm-js', () => {
    const connect = () =>
      new Client({
        domain: NAME,
        auth: {
          client_id: integration.id,
          client_secret: integration.secret,
          redirect_uri: REDIRECT,
          code: portal.store.tokens.issueCode(integration.id, 1),
        },
      });

    it('exchanges a code, pages through every lead and writes one', async () => {
      const client = connect();
      const pagination = await client.leads.get({ limit: 250 });
      const ids = new Set<number>();
      const keep = () => pagination.getData().forEach((lead) => ids.add(lead.id ?? 0));
      for (keep(); pagination.hasNext(); keep()) await pagination.next();
      expect(ids.size).toBe(LEADS);
      const lead = new client.Lead({ name: 'From outside', price: 70 });
      await lead.save();
      expect(portal.store.leads.get(lead.id ?? 0)).toMatchObject({ name: 'From outside', price: 70 });
      lead.price = 80;
      await lead.save();
      expect(portal.store.leads.get(lead.id ?? 0)?.price).toBe(80);
    });

    it('makes a contact and a company, and changes them', async () => {
      const client = connect();
      const contact = new client.Contact({ first_name: 'Анна', last_name: 'Белова' });
      await contact.save();
      expect(portal.store.contacts.get(contact.id ?? 0)?.name).toBe('Анна Белова');
      contact.first_name = 'Инна';
      await contact.save();
      expect(portal.store.contacts.get(contact.id ?? 0)).toMatchObject({ name: 'Инна Белова' });
      const [company] = await client.companies.create([{ name: 'Вектор' }]);
      await client.companies.update([{ id: company?.id ?? 0, name: 'Вектор Плюс' }]);
      expect(portal.store.companies.get(company?.id ?? 0)?.name).toBe('Вектор Плюс');
    });

    it('renews its token by itself when it is over', async () => {
      const client = connect();
      await client.request.get('/api/v4/account');
      const before = client.token.getValue()?.refresh_token;
      client.token.setValue({ ...client.token.getValue(), expires_at: 1 } as never);
      const answer = await client.request.get<{ id: number }>('/api/v4/account');
      expect(answer.data.id).toBe(portal.accountId);
      expect(client.token.getValue()?.refresh_token).not.toBe(before);
    });
  });

  describe('@shevernitskiy/amo', () => {
    const connect = () =>
      new Amo(
        new URL(portal.url).host,
        {
          client_id: integration.id,
          client_secret: integration.secret,
          grant_type: 'authorization_code',
          code: portal.store.tokens.issueCode(integration.id, 1),
          redirect_uri: REDIRECT,
        },
        { request_delay: 0 },
      );

    it('pages through every lead, and takes the end of a list for what it is', async () => {
      const amo = connect();
      const ids: number[] = [];
      for (let page = 1; page <= 3; page++) {
        const answer = await amo.lead.getLeads({ page, limit: 250 });
        ids.push(...answer._embedded.leads.map((lead) => lead.id));
      }
      expect(new Set(ids).size).toBeGreaterThanOrEqual(LEADS);
      await expect(amo.lead.getLeads({ page: 4, limit: 250 })).rejects.toThrow('204');
    });

    it('reads pipelines, users and events, writes tasks and notes, and subscribes', async () => {
      const amo = connect();
      const pipelines = await amo.pipeline.getPipelines();
      expect(pipelines._embedded.pipelines).toHaveLength(2);
      // Its types take the list of users for one user.
      const users: unknown = (await amo.user.getUsers())._embedded.users;
      expect(users).toEqual([1, 2, 3, 4].map((id) => expect.objectContaining({ id })));
      const events = await amo.event.getEvents({ limit: 100 });
      expect(events._embedded.events).toHaveLength(100);
      const till = Math.floor(Date.now() / 1000) + 3600;
      const added = await amo.task.addTasks([
        { text: 'Call', complete_till: till, entity_id: 3, entity_type: 'leads', responsible_user_id: 2 },
      ]);
      const id = added._embedded.tasks[0]?.id ?? 0;
      await amo.task.updateTaskById(id, { is_completed: true, result: { text: 'Done' } });
      expect(portal.store.tasks.get(id)).toMatchObject({ ownerId: 2, completed: true, result: 'Done' });
      const hook = await amo.webhook.addWebhook({
        destination: 'https://integrator.example/hook',
        settings: ['add_lead'],
        sort: 10,
      });
      expect(hook.destination).toBe('https://integrator.example/hook');
      await amo.webhook.deleteWebhook({ destination: 'https://integrator.example/hook' });
      expect(portal.store.webhooks.all).toEqual([]);
    });

    it('writes and edits notes, tags leads, and takes a request from outside', async () => {
      const amo = connect();
      await amo.note.addNotes('leads', [{ entity_id: 4, note_type: 'common', params: { text: 'First' } }]);
      const [note] = (await amo.note.getNotesByEntityId(4, 'leads', { limit: 250 }))._embedded.notes;
      const id = note?.id ?? 0;
      await amo.note.updateNoteById(id, 'leads', { entity_id: 4, params: { text: 'Second' } } as never);
      expect(await amo.note.getNotesById(id, 'leads')).toMatchObject({ params: { text: 'Second' } });
      const tags = (await amo.tag.addTags('leads', [{ name: 'hot' } as never]))._embedded.tags;
      expect(tags).toEqual([expect.objectContaining({ id: expect.any(Number), name: 'hot' })]);
      const form = {
        form_id: 'f1',
        form_name: 'Form',
        form_page: 'example.com',
        form_sent_at: 1_790_000_000,
      };
      const asked = await amo.unsorted.addUnsortedForm([
        { source_uid: 'u1', source_name: 'example.com', metadata: form as never },
      ]);
      const uid = asked._embedded.unsorted[0]?.uid ?? '';
      expect(await amo.unsorted.getUnsortedByUid(uid)).toMatchObject({ uid, category: 'forms' });
      const accepted = await amo.unsorted.acceptUnsortedByUid(uid, { user_id: 2 });
      expect(accepted).toMatchObject({ uid });
      const lead = [...portal.store.leads].at(-1);
      expect(lead).toMatchObject({ ownerId: 2, status: expect.objectContaining({ type: 0 }) });
    });
  });
});
