import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { WIDGET_FOLDER } from './widget-files.js';

/** Serves the built widget's files. Their names carry a hash of their content, so they may be kept for ever. */
@Injectable()
export class WidgetAssets implements OnModuleInit {
  constructor(private readonly adapters: HttpAdapterHost) {}

  async onModuleInit(): Promise<void> {
    if (!existsSync(WIDGET_FOLDER)) return;
    const fastify = this.adapters.httpAdapter.getInstance<FastifyInstance>();
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
