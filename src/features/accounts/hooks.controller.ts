import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { toHostRequest, type RawBodyRequest } from '../../infra/http/host-request.js';
import { Log } from '../../infra/log.js';
import { HooksService, type HookAnswer } from './hooks.service.js';

const STATUS: Record<HookAnswer, number> = { accepted: 200, forged: 403, unreadable: 400 };

/** Addresses that hosts call. The answer carries no body: nobody reads it, and a stranger should learn nothing. */
@ApiExcludeController()
@Controller('hooks')
export class HooksController {
  private readonly log: Log;

  constructor(
    private readonly hooks: HooksService,
    log: Log,
  ) {
    this.log = log.child('hooks');
  }

  /** Some hosts say farewell by a GET. */
  @Get(':host/:key')
  async told(
    @Param('host') host: string,
    @Req() request: RawBodyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.receive(host, request, reply);
  }

  @Post([':host', ':host/:key'])
  async receive(
    @Param('host') host: string,
    @Req() request: RawBodyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await reply.status(await this.statusOf(host, request)).send();
  }

  /** 503 tells a host that resends to come again; the others at least see that we are not well. */
  private async statusOf(host: string, request: RawBodyRequest): Promise<number> {
    try {
      return STATUS[await this.hooks.receive(host, toHostRequest(request))];
    } catch (error) {
      this.log.error('a hook could not be stored', { host, detail: String(error) });
      return 503;
    }
  }
}
