import { Injectable } from '@nestjs/common';
import type { DealAction } from '../contract/actions.js';
import type { TaskWrite, TaskWriteOutcome } from '../contract/client.js';
import { Metrics } from '../infra/metrics.js';

/** Counts what went out and what was asked for. */
@Injectable()
export class OutboxCounters {
  constructor(private readonly metrics: Metrics) {}

  wrote(kind: TaskWrite['kind'] | DealAction['kind'], outcome: TaskWriteOutcome['kind']): void {
    this.metrics.outboxWrites.inc({ kind, outcome });
  }

  lookedUp(found: number, missing: number): void {
    this.metrics.outboxLookups.inc({ found: 'yes' }, found);
    this.metrics.outboxLookups.inc({ found: 'no' }, missing);
  }

  doubled(): void {
    this.metrics.outboxDoubled.inc();
  }
}
