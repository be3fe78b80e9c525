// What every process of a benchmark does besides its work: tells that it is ready, answers, and ends with its parent.
import process from 'node:process';

export const settings = JSON.parse(process.argv[2] ?? '{}');

export function usage() {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMb: maxRSS / 1024,
    residentMb: process.memoryUsage.rss() / 1048576,
  };
}

/** `answers` by the kind of question. */
export function serve(ready, answers = {}) {
  const all = { usage, ...answers };
  process.on('message', async ({ id, kind, ...question }) => {
    try {
      process.send({ id, answer: await all[kind](question) });
    } catch (error) {
      process.send({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
  process.once('disconnect', () => process.exit(0));
  process.send(ready);
}
