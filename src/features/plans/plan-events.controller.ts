import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { LiveStreams } from './live-streams.service.js';
import { PlanAccess } from './plan-access.service.js';

/** Live news of a deal's plan: server-sent events, read by `fetch`. */
@ApiTags('plan')
@ApiBearerAuth()
@Controller('api')
export class PlanEventsController {
  constructor(
    private readonly access: PlanAccess,
    private readonly streams: LiveStreams,
  ) {}

  /** `event: plan` `{revision}` when it changed: the reader fetches it anew. `event: sync` with a SyncView. */
  @Get('plan/:dealId/events')
  async events(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.access.dealOrSteps(person, dealId);
    reply.hijack();
    this.streams.open(person, dealId, { socket: request.raw.socket, raw: reply.raw });
  }
}
