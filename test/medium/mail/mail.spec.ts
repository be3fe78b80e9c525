import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Hosts } from '../../../src/contract/connections.js';
import type { AppPlace } from '../../../src/contract/links.js';
import type { MailMessage } from '../../../src/contract/mail.js';
import { MailOffController } from '../../../src/features/mail/mail-off.controller.js';
import { MailRepository } from '../../../src/features/mail/mail.repository.js';
import { MailWorker } from '../../../src/features/mail/mail.worker.js';
import { StoredMails } from '../../../src/features/mail/mails.service.js';
import { OffLinks } from '../../../src/features/mail/off-link.js';
import { Config } from '../../../src/infra/config/config.js';
import { Vault } from '../../../src/infra/crypto/vault.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf } from '../../../src/infra/ids.js';
import type { Jobs } from '../../../src/infra/jobs/jobs.js';
import { createLogger, Log } from '../../../src/infra/log.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { decoded, headerOf, openMailBox, type Delivered, type MailBox } from '../../support/mail-box.js';

const ACCOUNT = accountIdOf('memory', 'mail');
const START = Date.UTC(2026, 10, 23, 6);
const MINUTE = 60_000;
const HOSTILE = '<img src=x onerror=alert(1)> & "Рога"\r\nBcc: eve@example.com';

const HANDLED = { round: 'mail.round', nightly: 'mail.nightly' } as const;

type RoundHandler = (
  job: { readonly accountId: string },
  context: { readonly signal: AbortSignal },
) => Promise<void>;

describeOnEveryDatabase('test/medium/mail/mail', (open) => {
  let database: Database;
  let box: MailBox;
  let world: ReturnType<typeof parts>;
  const lines: string[] = [];
  const clock = { at: START, now: () => clock.at };

  function parts(url: string) {
    const config = new Config({
      ...({} as Config),
      publicUrl: 'https://dozhim.example.com',
      mail: { url, from: 'Дожим <sales@example.com>' },
    });
    const handlers = new Map<string, RoundHandler>();
    const jobs = {
      handle: ({ name }: { name: string }, handler: RoundHandler) => handlers.set(name, handler),
      schedule: () => undefined,
      enqueue: async () => undefined,
    } as unknown as Jobs;
    const hosts = new Map([
      [
        'memory',
        {
          frameOrigin: () => 'https://portal.example.com',
          dealPath: (dealId: string) => `/crm/deal/${dealId}/`,
          screenPath: ({ screen, params }: AppPlace) =>
            `/app/?${new URLSearchParams({ view: screen, ...params }).toString()}`,
        },
      ],
    ]) as unknown as Hosts;
    const repository = new MailRepository(database);
    const links = new OffLinks(new Vault(['s'.repeat(40)]), config);
    const log = new Log(createLogger('debug', { write: (line) => lines.push(line) }));
    const worker = new MailWorker(jobs, repository, links, config, clock, log);
    worker.onModuleInit();
    const signal = new AbortController().signal;
    return {
      mails: new StoredMails(repository, links, jobs, config, hosts, clock),
      links,
      off: new MailOffController(links, repository, log, clock),
      round: () => handlers.get(HANDLED.round)?.({ accountId: ACCOUNT }, { signal }),
      nightly: () => handlers.get(HANDLED.nightly)?.({ accountId: ACCOUNT }, { signal }),
      close: () => worker.onApplicationShutdown(),
    };
  }

  beforeAll(async () => {
    database = await open();
    box = await openMailBox();
    await database.query(
      `INSERT INTO account (account_id, host, host_key, endpoint, oauth_endpoint, state, installed_at)
       VALUES ($1::uuid, 'memory', 'mail', 'https://portal.example.com/rest/', '', 'active', now())`,
      [ACCOUNT],
    );
    await database.query(
      `INSERT INTO host_user (account_id, user_id, name, email, active, admin, department_ids) VALUES
       ($1::uuid, 'anna', 'Anna', 'anna@example.com', true, false, '{}'),
       ($1::uuid, 'oleg', 'Oleg', NULL, true, false, '{}'),
       ($1::uuid, 'vera', 'Vera', 'vera@example.com', false, false, '{}'),
       ($1::uuid, 'ivan', 'Ivan', 'not an address', true, false, '{}')`,
      [ACCOUNT],
    );
    world = parts(box.url);
  });

  beforeEach(async () => {
    await database.query('DELETE FROM mail');
    await database.query('DELETE FROM mail_refusal');
    box.answer(() => null);
    clock.at = START;
  });

  afterAll(async () => {
    world?.close();
    await box?.stop();
    await database?.close();
  });

  function message(key: string, more: Partial<MailMessage> = {}): MailMessage {
    return {
      accountId: ACCOUNT,
      userId: 'anna',
      key,
      kind: 'digest',
      language: 'ru',
      subject: 'Сделки, которым нужно внимание: 2',
      letter: {
        intro: 'Начните сверху.',
        sections: [
          {
            title: 'Шаг просрочен',
            lines: [{ text: HOSTILE, note: 'Срок был вчера', place: { kind: 'deal', dealId: 'D_7' } }],
          },
        ],
        button: { label: 'Открыть мой день', place: { kind: 'screen', screen: 'home' } },
      },
      ...more,
    };
  }

  const send = (...messages: readonly MailMessage[]): Promise<ReadonlySet<string>> =>
    database.transaction((tx) => world.mails.send(tx, messages));
  const letters = (key: string) =>
    database.query<{ state: string; attempts: number; fault: string | null; html: string }>(
      'SELECT state, attempts, fault, html FROM mail WHERE account_id = $1::uuid AND key = $2',
      [ACCOUNT, key],
    );
  /** Letters of this test only: the server keeps all. */
  async function deliveredBy(work: () => Promise<unknown>): Promise<readonly Delivered[]> {
    const before = box.delivered.length;
    await work();
    return box.delivered.slice(before);
  }

  it('takes a subject that has to be cut inside a character: what it is written down with must not fail', async () => {
    const subject = `${'x'.repeat(199)}😀 и ещё`;
    expect(await send(message('cut', { subject }))).toEqual(new Set(['cut']));
    const [letter] = await deliveredBy(async () => world.round());
    expect(letter && headerOf(letter, 'Subject')).toBe('x'.repeat(199));
  });

  it('delivers HTML and text with links into the portal, and nothing of a title becomes markup or a header', async () => {
    const [letter] = await deliveredBy(async () => {
      expect(await send(message('one', { subject: HOSTILE }))).toEqual(new Set(['one']));
      await world.round();
    });
    if (!letter) throw new Error('nothing arrived');
    const body = decoded(letter);
    expect(letter.to).toEqual(['anna@example.com']);
    expect(headerOf(letter, 'Bcc')).toBeNull();
    expect(body).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;Рога&quot;');
    expect(body.replace(/text\/plain[^]*?--/, '')).not.toContain('<img');
    expect(body).toContain('href="https://portal.example.com/crm/deal/D_7/"');
    expect(body).toContain('Открыть мой день: https://portal.example.com/app/?view=home');
    expect(headerOf(letter, 'List-Unsubscribe')).toMatch(/^<https:\/\/dozhim\.example\.com\/mail\/off\/.+>$/);
    expect(headerOf(letter, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect((await letters('one'))[0]).toMatchObject({ state: 'sent', html: '' });
  });

  it('sends a key once, however often it is asked for and in however many rounds', async () => {
    const delivered = await deliveredBy(async () => {
      await send(message('twice'), message('twice'));
      await send(message('twice', { subject: 'Другое' }));
      await Promise.all([world.round(), world.round()]);
      await send(message('twice'));
      await world.round();
    });
    expect(delivered).toHaveLength(1);
  });

  it('writes nothing that the caller rolled back', async () => {
    const failing = database.transaction(async (tx) => {
      await world.mails.send(tx, [message('rolled-back')]);
      throw new Error('the round failed');
    });
    await expect(failing).rejects.toThrow('the round failed');
    expect(await letters('rolled-back')).toEqual([]);
  });

  it('passes over who has no address, left, or has something else in its place', async () => {
    const others = ['oleg', 'vera', 'ivan', 'nobody'].map((userId) => message(`to-${userId}`, { userId }));
    expect(await send(...others, message('to-anna'))).toEqual(new Set(['to-anna']));
  });

  it('keeps a letter whose server is away or puts it off, and sends it under the same id when it is back', async () => {
    box.answer(() => ({ code: 451, text: 'try again later' }));
    await send(message('patient'));
    await world.round();
    expect((await letters('patient'))[0]).toMatchObject({ state: 'planned', attempts: 1 });
    expect((await letters('patient'))[0]?.fault).toContain('451');
    expect(await deliveredBy(() => Promise.resolve(world.round()))).toEqual([]);
    const dead = parts('smtp://127.0.0.1:1');
    clock.at += 2 * MINUTE;
    await dead.round();
    dead.close();
    expect((await letters('patient'))[0]).toMatchObject({ state: 'planned', attempts: 2 });
    box.answer(() => null);
    clock.at += 6 * MINUTE;
    const delivered = await deliveredBy(() => Promise.resolve(world.round()));
    expect(delivered).toHaveLength(1);
    expect((await letters('patient'))[0]).toMatchObject({ state: 'sent', fault: null });
  });

  it('sends again what a process left marked when it died, under the same id', async () => {
    const [first] = await deliveredBy(async () => {
      await send(message('crashed'));
      await world.round();
    });
    // The process died between the server's "taken" and our own note of it.
    await database.query(
      `UPDATE mail SET state = 'sending', sent_at = NULL, next_at = $2, html = 'x', text = 'x' WHERE key = $1`,
      ['crashed', new Date(clock.at + MINUTE)],
    );
    expect(await deliveredBy(() => Promise.resolve(world.round()))).toEqual([]);
    clock.at += 2 * MINUTE;
    const [second] = await deliveredBy(() => Promise.resolve(world.round()));
    if (!first || !second) throw new Error('a letter is missing');
    expect(headerOf(second, 'Message-ID')).toBe(headerOf(first, 'Message-ID'));
  });

  it('gives a refused letter up at once and tells the administrator; the others go on', async () => {
    box.answer((to) => (to === 'anna@example.com' ? { code: 550, text: 'no such mailbox' } : null));
    await database.query(`UPDATE host_user SET email = 'oleg@example.com' WHERE user_id = 'oleg'`);
    const before = box.asked();
    const delivered = await deliveredBy(async () => {
      await send(message('refused'), message('welcome', { userId: 'oleg' }));
      await world.round();
      clock.at += 24 * 60 * MINUTE;
      await world.round();
    });
    expect(delivered.map((one) => one.to)).toEqual([['oleg@example.com']]);
    expect(box.asked() - before).toBe(2);
    expect((await letters('refused'))[0]).toMatchObject({ state: 'failed', attempts: 1 });
    expect(await world.mails.failures(ACCOUNT, START - 1)).toEqual({
      count: 1,
      last: expect.stringContaining('550'),
    });
  });

  it('forgets letters after ninety days, and none that still waits', async () => {
    await send(message('old'));
    await world.round();
    box.answer(() => ({ code: 451, text: 'later' }));
    await send(message('waits'));
    await world.round();
    await world.nightly();
    expect((await letters('old')).length).toBe(1);
    clock.at += 91 * 24 * 60 * MINUTE;
    await world.nightly();
    expect([(await letters('old')).length, (await letters('waits')).length]).toEqual([0, 1]);
  });

  it('sends no more letters of a kind that the person switched off by the link, and others still', async () => {
    const token = tokenOf(
      world.links.url({ accountId: ACCOUNT, userId: 'anna', kind: 'digest', language: 'ru' }),
    );
    const seen = fakeReply();
    await world.off.page(token, seen.reply);
    expect(await send(message('before'))).toEqual(new Set(['before']));
    await world.off.off(token, seen.reply);
    expect(await send(message('after'), message('alert', { kind: 'alert' }))).toEqual(new Set(['alert']));
    await world.off.on(token, seen.reply);
    expect(await send(message('again'))).toEqual(new Set(['again']));
    expect(seen.pages.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(seen.pages[1]?.html).toContain('Письма выключены');
  });

  it('takes a link that somebody changed, or made for another account, for none', async () => {
    const token = tokenOf(
      world.links.url({ accountId: ACCOUNT, userId: 'anna', kind: 'digest', language: 'ru' }),
    );
    const foreign = token.replace(ACCOUNT, accountIdOf('memory', 'other'));
    const seen = fakeReply();
    for (const bad of [foreign, `${token.slice(0, -2)}AA`, 'nonsense', ''])
      await world.off.off(bad, seen.reply);
    expect(seen.pages.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(await send(message('still'))).toEqual(new Set(['still']));
  });

  it('writes neither addresses nor words nor passwords into the log', async () => {
    const secret = parts(box.url.replace('smtp://', 'smtp://user:pa%24%24word@'));
    box.answer(() => ({ code: 550, text: 'anna@example.com is not welcome' }));
    await send(message('logged'));
    await secret.round();
    secret.close();
    expect(lines.join('')).toContain('a letter was not taken');
    expect(lines.join('')).not.toMatch(/example\.com|word|Рога/);
  });
});

function tokenOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

function fakeReply() {
  const pages: { status: number; html: string }[] = [];
  let status = 0;
  const reply = {
    status: (code: number) => {
      status = code;
      return reply;
    },
    header: () => reply,
    send: (html: string) => {
      pages.push({ status, html });
      return reply;
    },
  };
  return { pages, reply: reply as unknown as Parameters<MailOffController['page']>[1] };
}
