import { Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { MailKind } from '../../contract/mail.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { Bilingual } from '../../infra/http/api-error.js';
import { plainPage } from '../../infra/http/plain-page.js';
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
  constructor(
    private readonly links: OffLinks,
    private readonly repository: MailRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('off/:token')
  async page(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const order = this.links.read(token);
    if (!order) return unknown(reply);
    const { accountId, userId, kind } = order;
    await show(reply, order, token, await this.repository.refused(accountId, userId, kind));
  }

  @Post('off/:token')
  async off(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const order = this.links.read(token);
    if (!order) return unknown(reply);
    await this.repository.refuse(order.accountId, order.userId, order.kind, this.clock.now());
    await show(reply, order, token, true);
  }

  @Post('on/:token')
  async on(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const order = this.links.read(token);
    if (!order) return unknown(reply);
    await this.repository.admit(order.accountId, order.userId, order.kind);
    await show(reply, order, token, false);
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
