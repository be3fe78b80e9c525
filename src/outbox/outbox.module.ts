import { Module } from '@nestjs/common';
import { AccountPauses } from './account-pauses.js';
import { Courier } from './courier.js';
import { DeliveryRepository } from './delivery.repository.js';
import { Outbox } from './outbox.js';
import { OUTBOX_SETTINGS, defaultOutboxSettings } from './outbox-settings.js';
import { OutboxReads } from './outbox.reads.js';
import { OutboxWorker } from './outbox.worker.js';
import { OutboxCounters, Recorder } from './recorder.js';

/** Needs `HOST_CONNECTIONS` from the composition root. Workers run where `ROLE` is `all` or `worker`. */
@Module({
  providers: [
    Outbox,
    OutboxReads,
    OutboxWorker,
    OutboxCounters,
    Courier,
    Recorder,
    AccountPauses,
    DeliveryRepository,
    { provide: OUTBOX_SETTINGS, useValue: defaultOutboxSettings },
  ],
  exports: [Outbox, OutboxReads],
})
export class OutboxModule {}
