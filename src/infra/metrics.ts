import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Every metric of ours, in one place; no account ids in labels, for an account is a customer. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  readonly httpSeconds = this.histogram('dozhim_http_seconds', 'Time to answer a request', [
    'route',
    'method',
    'status',
  ]);
  readonly hooks = this.counter('dozhim_hooks_total', 'Hooks by what became of them', ['host', 'outcome']);
  readonly refusals = this.counter('dozhim_refusals_total', 'Forged or unreadable calls', [
    'host',
    'kind',
    'reason',
  ]);
  readonly inboxRows = this.counter('dozhim_inbox_rows_total', 'Hints stored', ['path']);
  readonly inboxLag = this.histogram(
    'dozhim_inbox_lag_seconds',
    'From storing a hint to the mirror holding it',
    [],
  );
  readonly mirrorRows = this.counter('dozhim_mirror_rows_total', 'Rows written to the mirror', [
    'stream',
    'cause',
  ]);
  readonly spoolBytes = this.gauge('dozhim_spool_bytes', 'Hints that wait on disk for the database', []);
  readonly hostCalls = this.counter('dozhim_host_calls_total', 'Calls to hosts by outcome', [
    'host',
    'outcome',
  ]);
  readonly hostFailures = this.counter('dozhim_host_failures_total', 'Failures of hosts by kind', ['kind']);
  readonly tokenRefreshes = this.counter('dozhim_token_refreshes_total', 'Token refreshes by outcome', [
    'outcome',
  ]);
  readonly outboxWrites = this.counter('dozhim_outbox_writes_total', 'Host task writes by outcome', [
    'kind',
    'outcome',
  ]);
  readonly outboxLookups = this.counter('dozhim_outbox_lookups_total', 'Look-ups before a repeat', ['found']);
  readonly outboxDoubled = this.counter(
    'dozhim_outbox_doubled_total',
    'Host tasks that carry the key of another one: zero in health',
    [],
  );
  readonly planDecisions = this.counter('dozhim_plan_decisions_total', 'Plans decided by cause', ['cause']);
  readonly planSeconds = this.histogram(
    'dozhim_plan_seconds',
    'Time to decide and save a batch of plans',
    [],
  );
  readonly jobs = this.counter('dozhim_jobs_total', 'Jobs by outcome', ['job', 'outcome']);
  readonly deadLetters = this.counter('dozhim_dead_letters_total', 'What could not be processed', ['source']);
  readonly liveStreams = this.gauge('dozhim_live_streams', 'Widgets that listen', []);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  private counter<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  private gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Gauge<Label> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  private histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Histogram<Label> {
    return new Histogram({
      name,
      help,
      labelNames: [...labelNames],
      buckets: SECONDS,
      registers: [this.registry],
    });
  }
}
