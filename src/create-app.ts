import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { AppModule, type AppOptions } from './app.module.js';
import { createHttpAdapter, prepareHttp } from './infra/http/server.js';
import { Metrics } from './infra/metrics.js';

/** Builds the whole application without listening: `main` and the tests that boot everything use the same one. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(options),
    createHttpAdapter(options.config.production),
    { bodyParser: false, logger: nestLogger(options), abortOnError: false },
  );
  await prepareHttp(app, app.get(Metrics));
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setTitle('Dozhim')
      .setDescription('The widget’s own HTTP API')
      .addBearerAuth()
      .build(),
  );
  SwaggerModule.setup('docs', app, document, { ui: false, jsonDocumentUrl: 'docs', raw: ['json'] });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
  return app;
}

function nestLogger({ log }: AppOptions) {
  const nest = log.child('nest');
  const write =
    (level: 'debug' | 'warn' | 'error') =>
    (message: unknown, ...rest: unknown[]): void =>
      nest[level](String(message), rest.length > 0 ? { detail: rest.map(String) } : {});
  return {
    log: write('debug'),
    debug: write('debug'),
    verbose: write('debug'),
    warn: write('warn'),
    error: write('error'),
  };
}
