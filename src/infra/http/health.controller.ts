import { Controller, Get, Header, HttpException, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Database } from '../db/database.js';
import { Metrics } from '../metrics.js';

const DATABASE_PATIENCE_MS = 2_000;

/** For whoever runs us: is the process there, can it work, what does it count. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  async ready(): Promise<{ status: 'ok'; database: string }> {
    if (!(await this.database.answers(DATABASE_PATIENCE_MS))) {
      throw new HttpException({ status: 'unavailable', database: 'does not answer' }, 503);
    }
    return { status: 'ok', database: this.database.kind };
  }

  @Get('metrics')
  @Header('cache-control', 'no-store')
  async read(@Res() reply: FastifyReply): Promise<void> {
    await reply.type(this.metrics.registry.contentType).send(await this.metrics.registry.metrics());
  }
}
