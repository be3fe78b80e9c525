import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { DeadLetters } from '../../infra/jobs/dead-letters.js';
import { demandAdmin } from './admin.js';
import type { DeadLetterView } from './dead-letter.view.js';
import { Redrives } from './redrives.service.js';

const PAGE = 50;
const ID = /^\d{1,18}$/;

@ApiTags('dead letters')
@ApiBearerAuth()
@Controller('api/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly letters: DeadLetters,
    private readonly redrives: Redrives,
  ) {}

  /** Newest first; `before` is the last id of the page before. */
  @Get()
  async list(
    @CurrentSession() person: SessionClaims,
    @Query('before') before?: string,
  ): Promise<readonly DeadLetterView[]> {
    demandAdmin(person);
    const from = before !== undefined && ID.test(before) ? before : null;
    const letters = await this.letters.list(person.accountId, from, PAGE);
    return letters.map(({ id, source, subject, reason, attempts, at }) => ({
      id,
      source,
      subject,
      reason,
      attempts,
      at: at.toISOString(),
    }));
  }

  @Post(':id/redrive')
  @HttpCode(204)
  async redrive(@CurrentSession() person: SessionClaims, @Param('id') id: string): Promise<void> {
    demandAdmin(person);
    const outcome = ID.test(id) ? await this.redrives.redrive(person, id) : 'unknown';
    if (outcome === 'unknown') throw noLetter();
    if (outcome === 'impossible') throw impossible();
  }

  @Delete(':id')
  @HttpCode(204)
  async drop(@CurrentSession() person: SessionClaims, @Param('id') id: string): Promise<void> {
    demandAdmin(person);
    if (!ID.test(id) || !(await this.redrives.drop(person, id))) throw noLetter();
  }
}

function noLetter(): ApiError {
  return notFound({ ru: 'Такой записи уже нет.', en: 'That entry is no longer there.' });
}

function impossible(): ApiError {
  return new ApiError(409, 'not-redrivable', {
    ru: 'Эту запись повторить нельзя, её можно только убрать.',
    en: 'This entry cannot be repeated, only removed.',
  });
}
