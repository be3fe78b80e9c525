import { Module, ValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { MirrorModule } from '../../mirror/index.js';
import { OutboxModule } from '../../outbox/index.js';
import { ApiExceptionFilter } from './api-exception.filter.js';
import { AutomationController } from './automation.controller.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { EmbedWorker } from './embed.worker.js';
import { EntryController } from './entry.controller.js';
import { FrameController } from './frame.controller.js';
import { FrameService } from './frame.service.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { InstallController } from './install.controller.js';
import { InstallViews } from './install-view.service.js';
import { KeptViewRepository } from './kept-view.repository.js';
import { LinksController } from './links.controller.js';
import { Links } from './links.service.js';
import { PreferenceRepository } from './preference.repository.js';
import { Redrives } from './redrives.service.js';
import { ReplayRepository } from './replay.repository.js';
import { SessionController } from './session.controller.js';
import { SessionGuard } from './session.guard.js';
import { WidgetAssets } from './widget-assets.js';

/** Our pages inside the host: frames, sessions, the installer, and what stands before every route of the API. */
@Module({
  imports: [MirrorModule, OutboxModule],
  controllers: [
    AutomationController,
    DeadLettersController,
    EntryController,
    FrameController,
    InstallController,
    LinksController,
    SessionController,
  ],
  providers: [
    EmbedWorker,
    FrameService,
    InstallViews,
    KeptViewRepository,
    Links,
    PreferenceRepository,
    Redrives,
    ReplayRepository,
    WidgetAssets,
    { provide: APP_GUARD, useClass: SessionGuard },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_FILTER, useClass: ApiExceptionFilter },
    {
      provide: APP_PIPE,
      useValue: new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }),
    },
  ],
})
export class EmbedModule {}
