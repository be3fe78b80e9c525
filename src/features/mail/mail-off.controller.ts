import { Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { MailKind } from '../../contract/mail.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { Bilingual } from '../../infra/http/api-error.js';
import { plainPage } from '../../infra/http/plain-page.js';
import { Log } from '../../infra/log.js';
import { MailRepository } from './mail.repository.js';
import { OffLinks, type OffOrder } from './off-link.js';

const KINDS: Readonly<Record<MailKind, Bilingual>> = {
  digest: { ru: 'утренние сводки', en: 'morning digests' },
  day: { ru: 'письма о рабочем дне', en: 'letters about the working day' },
  alert: { ru: 'срочные сигналы', en: 'urgent alerts' },
  book: { ru: 'письма из Sales Book', en: 'letters from the Sales Book' },
};

/**
 * Switching letters off. A person's click opens a page with one button, for mail scanners follow links on their own; a
 * mail program's own "unsubscribe" posts here (RFC 8058). The link is the proof; it lets nobody read anything.
 */
@ApiExcludeController()
@Controller('mail')
export class MailOffController {
  private readonly log: Log;

  constructor(
    private readonly links: OffLinks,
    private readonly repository: MailRepository,
    log: Log,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.log = log.child('mail');
  }

  @Get('off/:token')
  async page(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(reply, token, ({ accountId, userId, kind }) =>
      this.repository.refused(accountId, userId, kind),
    );
  }

  @Post('off/:token')
  async off(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(reply, token, async ({ accountId, userId, kind }) => {
      await this.repository.refuse(accountId, userId, kind, this.clock.now());
      return true;
    });
  }

  @Post('on/:token')
  async on(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(reply, token, async ({ accountId, userId, kind }) => {
      await this.repository.admit(accountId, userId, kind);
      return false;
    });
  }

  /** A person looks at every answer, so a failure of ours is a page as well. `isOff` tells how things stand then. */
  private async answer(
    reply: FastifyReply,
    token: string,
    isOff: (order: OffOrder) => Promise<boolean>,
  ): Promise<void> {
    const order = this.links.read(token);
    if (!order) return unknown(reply);
    try {
      await show(reply, order, token, await isOff(order));
    } catch (error) {
      this.log.error('a link that switches letters off was of no effect', {
        accountId: order.accountId,
        detail: String(error),
      });
      await away(reply, order);
    }
  }
}

function show(reply: FastifyReply, { kind, language }: OffOrder, token: string, off: boolean): FastifyReply {
  const name = KINDS[kind][language];
  const words = {
    ru: off
      ? { title: 'Письма выключены', text: `Больше не присылаем: ${name}.`, button: 'Присылать снова' }
      : { title: 'Выключить письма?', text: `Сейчас присылаем: ${name}.`, button: 'Больше не присылать' },
    en: off
      ? { title: 'Letters are off', text: `No longer sent: ${name}.`, button: 'Send them again' }
      : { title: 'Switch letters off?', text: `Sent now: ${name}.`, button: 'Stop sending' },
  }[language];
  const action = `/mail/${off ? 'on' : 'off'}/${encodeURIComponent(token)}`;
  const form = `<form method="post" action="${action}"><button>${words.button}</button></form>`;
  return page(reply, 200, plainPage(language, words.title, words.text, form));
}

async function unknown(reply: FastifyReply): Promise<void> {
  const text = 'Такой ссылки нет или она испорчена. There is no such link, or it is damaged.';
  await page(reply, 404, plainPage('ru', 'Dozhim', text));
}

async function away(reply: FastifyReply, { language }: OffOrder): Promise<void> {
  const { title, text } = {
    ru: {
      title: 'Дожим сейчас не отвечает',
      text: 'Ничего не изменилось. Откройте ссылку ещё раз через минуту.',
    },
    en: {
      title: 'Dozhim does not answer right now',
      text: 'Nothing has changed. Open the link again in a minute.',
    },
  }[language];
  await page(reply, 503, plainPage(language, title, text));
}

function page(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply
    .status(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    .send(html);
}
