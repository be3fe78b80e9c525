import { Module } from '@nestjs/common';
import { MirrorModule } from '../../mirror/index.js';
import { OutboxModule } from '../../outbox/index.js';
import { CONTROL_CONTROLLERS, CONTROL_PROVIDERS } from './control-parts.js';
import { DAY_CONTROLLERS, DAY_PROVIDERS } from './day-parts.js';
import { PANEL_CONTROLLERS, PANEL_PROVIDERS } from './panel-parts.js';

/** Control: what is done, what is not and why, every day. */
@Module({
  imports: [MirrorModule, OutboxModule],
  controllers: [...PANEL_CONTROLLERS, ...CONTROL_CONTROLLERS, ...DAY_CONTROLLERS],
  providers: [...PANEL_PROVIDERS, ...CONTROL_PROVIDERS, ...DAY_PROVIDERS],
})
export class PushingModule {}
