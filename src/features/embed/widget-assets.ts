import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { TEMPLATE_SCHEMA, TEMPLATE_SCHEMA_PATH } from '../../domain/plans/template-file/template-schema.js';
import { WIDGET_FOLDER } from './widget-files.js';

/**
 * Serves the built widget's files, whose names carry a hash of their content, so that they may be kept for ever; and
 * the schema of template files, for whoever writes one by hand.
 */
@Injectable()
export class WidgetAssets implements OnModuleInit {
  constructor(private readonly adapters: HttpAdapterHost) {}

  async onModuleInit(): Promise<void> {
    const fastify = this.adapters.httpAdapter.getInstance<FastifyInstance>();
    const schema = JSON.stringify(TEMPLATE_SCHEMA, null, 2);
    fastify.get(TEMPLATE_SCHEMA_PATH, (_request, reply) =>
      reply
        .header('content-type', 'application/schema+json; charset=utf-8')
        .header('cache-control', 'public, max-age=3600')
        // Public, and editors in a browser read it from their own origin.
        .header('access-control-allow-origin', '*')
        .header('cross-origin-resource-policy', 'cross-origin')
        .send(schema),
    );
    if (!existsSync(WIDGET_FOLDER)) return;
    await fastify.register(fastifyStatic, {
      root: WIDGET_FOLDER,
      prefix: '/widgets/',
      index: false,
      decorateReply: false,
      immutable: true,
      maxAge: '365d',
      // The page itself is only given out with its boot data and policy.
      allowedPath: (path) => path.startsWith('/assets/'),
    });
  }
}
