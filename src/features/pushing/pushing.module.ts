import { Module } from '@nestjs/common';
import { MirrorModule } from '../../mirror/index.js';
import { OutboxModule } from '../../outbox/index.js';
import { PANEL_CONTROLLERS, PANEL_PROVIDERS } from './panel-parts.js';

/** Control: what is done, what is not and why, every day. */
@Module({
  imports: [MirrorModule, OutboxModule],
  controllers: [...PANEL_CONTROLLERS],
  providers: [...PANEL_PROVIDERS],
})
export class PushingModule {}
