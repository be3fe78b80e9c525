import path from 'node:path';
import { Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../infra/config/config.js';
import { AccountPauses } from './account-pauses.js';
import { AccountTrouble } from './account-trouble.js';
import { ActionCourier, ActionParts } from './action-courier.js';
import { ActionDelivery } from './action-delivery.repository.js';
import { ActionOutbox } from './action-outbox.js';
import { ActionRecorder } from './action-recorder.js';
import { ActionRetention } from './action-retention.js';
import { Courier, CourierParts } from './courier.js';
import { Couriers } from './couriers.js';
import { Departures } from './departures.js';
import { DeliveryRepository } from './delivery.repository.js';
import { LookUps } from './look-ups.js';
import { Outbox } from './outbox.js';
import { OutboxCounters } from './outbox-counters.js';
import { OUTBOX_SETTINGS, defaultOutboxSettings } from './outbox-settings.js';
import { OutboxReads } from './outbox.reads.js';
import { Markings } from './markings.js';
import { OutboxWorker } from './outbox.worker.js';
import { Recorder } from './recorder.js';
import { TaskWriter } from './task-writer.js';
import { Tidings } from './tidings.js';

/** Needs `HOST_CONNECTIONS` from the composition root. Workers run where `ROLE` is `all` or `worker`. */
@Module({
  providers: [
    Outbox,
    OutboxReads,
    OutboxWorker,
    OutboxCounters,
    ActionOutbox,
    ActionCourier,
    ActionParts,
    ActionDelivery,
    ActionRecorder,
    ActionRetention,
    Couriers,
    Courier,
    CourierParts,
    Markings,
    TaskWriter,
    LookUps,
    AccountTrouble,
    Tidings,
    Recorder,
    AccountPauses,
    DeliveryRepository,
    {
      provide: Departures,
      useFactory: (config: Config) => new Departures(path.join(config.dataDir, 'departures')),
      inject: [Config],
    },
    { provide: OUTBOX_SETTINGS, useValue: defaultOutboxSettings },
  ],
  exports: [ActionOutbox, Outbox, OutboxReads],
})
export class OutboxModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly worker: OutboxWorker,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.role !== 'web') await this.worker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.worker.stop();
  }
}
