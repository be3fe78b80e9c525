import { describe, expect, it } from '@jest/globals';
import type { FastifyReply } from 'fastify';
import { Config } from '../../infra/config/config.js';
import { Vault } from '../../infra/crypto/vault.js';
import { createLogger, Log } from '../../infra/log.js';
import { MailOffController } from './mail-off.controller.js';
import type { MailRepository } from './mail.repository.js';
import { OffLinks } from './off-link.js';

const ACCOUNT = '0f4c1b6e-5d62-5a0e-9a57-1d1f2a3b4c5d';

describe('src/features/mail/mail-off.controller', () => {
  it('says in words that the database is away, and changes nothing by saying so', async () => {
    const config = new Config({ ...({} as Config), publicUrl: 'https://dozhim.example.com' });
    const links = new OffLinks(new Vault(['s'.repeat(40)]), config);
    const away = () => Promise.reject(new Error('ECONNREFUSED'));
    const repository = { refused: away, refuse: away, admit: away } as unknown as MailRepository;
    const lines: string[] = [];
    const log = new Log(createLogger('info', { write: (line) => lines.push(line) }));
    const controller = new MailOffController(links, repository, log, { now: () => 0 });
    for (const [language, words] of [
      ['ru', 'не отвечает'],
      ['en', 'does not answer'],
    ] as const) {
      const url = links.url({ accountId: ACCOUNT, userId: 'anna', kind: 'day', language });
      const token = url.slice(url.lastIndexOf('/') + 1);
      for (const verb of ['page', 'off', 'on'] as const) {
        const seen = fakeReply();
        await controller[verb](token, seen.reply);
        expect(seen.status()).toBe(503);
        expect(seen.html()).toContain(words);
        expect(lines.join('')).not.toContain(token);
      }
    }
    expect(lines).toHaveLength(6);
  });
});

function fakeReply() {
  const sent = { status: 0, html: '' };
  const reply = {
    status: (code: number) => {
      sent.status = code;
      return reply;
    },
    header: () => reply,
    send: (html: string) => {
      sent.html = html;
      return reply;
    },
  };
  return {
    status: () => sent.status,
    html: () => sent.html,
    reply: reply as unknown as FastifyReply,
  };
}
