// The built service's own planning, asked for directly: its jobs do not run, so that nothing else is measured.
import 'reflect-metadata';
import { createApp } from '../../dist/create-app.js';
import { decidePlan } from '../../dist/domain/plans/planner.js';
import { BulkLaunches } from '../../dist/features/plans/bulk-launch.service.js';
import { createHosts } from '../../dist/hosts/create-hosts.js';
import { HOST_ENTRIES } from '../../dist/hosts/registry.js';
import { systemClock } from '../../dist/infra/clock.js';
import { readConfig } from '../../dist/infra/config/read-config.js';
import { createLogger, Log } from '../../dist/infra/log.js';
import { keepHeapTight } from '../../dist/infra/tight-heap.js';
import { serve } from './child.mjs';

keepHeapTight();
const config = readConfig(process.env, HOST_ENTRIES);
const log = new Log(createLogger(config.logLevel));
const parts = { clock: systemClock, log, trustedOrigins: [], publicUrl: config.publicUrl };
const app = await createApp({ config, log, hosts: createHosts(config.declared, parts) });
await app.listen(config.port, '127.0.0.1');
serve({ url: config.publicUrl }, { launch, decide });

/** Runs a bulk launch to its end, or to where somebody stopped it. */
async function launch({ accountId, progressId }) {
  const startedAt = performance.now();
  await app.get(BulkLaunches, { strict: false }).run(accountId, progressId, new AbortController().signal);
  return { seconds: (performance.now() - startedAt) / 1000 };
}

/** One event after another on a deal with a long plan; milliseconds of each decision, the first ones to warm up. */
async function decide({ input, times }) {
  const people = { ...input.people, schedules: new Map(), inactive: new Set() };
  let steps = [];
  const milliseconds = [];
  for (let at = 0; at < times; at += 1) {
    const visits = input.visits.slice(0, 1 + (at % input.visits.length));
    const last = visits.at(-1);
    const deal = { ...input.deal, stageId: last.stageId };
    const startedAt = performance.now();
    const decision = decidePlan({ ...input, people, deal, visits, steps, now: input.now + at * 60_000 });
    milliseconds.push(performance.now() - startedAt);
    steps = decision.steps;
  }
  return { milliseconds, steps: steps.length };
}
