import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { PushAnswers } from './push-answers.service.js';
import { PushRepository } from './push.repository.js';
import { AnswerRequest, answerRequestOf, PushRequest, targetOf } from './push.requests.js';
import { noPush, refusalError } from './push.texts.js';
import { PushViews } from './push-views.service.js';
import { Pushes } from './pushes.service.js';
import type { AnsweredView, MyPushesView, PushedView } from './pushing.view.js';

/** Pushes: heads ask, sellers answer. Who may do what is decided by the person's reach. */
@ApiTags('pushes')
@ApiBearerAuth()
@Controller('api/pushes')
export class PushesController {
  constructor(
    private readonly pushes: Pushes,
    private readonly answers: PushAnswers,
    private readonly views: PushViews,
    private readonly repository: PushRepository,
  ) {}

  @Get('mine')
  mine(@CurrentSession() person: SessionClaims): Promise<MyPushesView> {
    return this.views.mine(person);
  }

  @Post()
  @HttpCode(200)
  async push(
    @CurrentSession() person: SessionClaims,
    @Body() { target, text }: PushRequest,
  ): Promise<PushedView> {
    const { pushes, refused } = await this.pushes.push(person, [targetOf(target)], text);
    const [push] = pushes;
    if (push) return { push: await this.views.state(person.accountId, push) };
    throw refusalError(refused[0]?.refusal ?? { code: 'noDeal' });
  }

  @Post(':pushId/answer')
  @HttpCode(200)
  async answer(
    @CurrentSession() person: SessionClaims,
    @Param('pushId', ParseUUIDPipe) pushId: string,
    @Body() request: AnswerRequest,
  ): Promise<AnsweredView> {
    const answer = await this.answers.answer(person, pushId, answerRequestOf(request));
    return { answer: await this.views.answer(person.accountId, answer) };
  }

  @Post(':pushId/withdraw')
  @HttpCode(200)
  async withdraw(
    @CurrentSession() person: SessionClaims,
    @Param('pushId', ParseUUIDPipe) pushId: string,
  ): Promise<PushedView> {
    const taken = await this.pushes.withdraw(person, [pushId]);
    const push = taken.length === 0 ? null : await this.repository.find(person.accountId, pushId);
    if (!push) throw noPush();
    return { push: await this.views.state(person.accountId, push) };
  }
}
