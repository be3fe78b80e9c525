import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../../src/infra/db/open.js';
import { MirrorWriter } from '../../src/mirror/mirror-writer.js';
import { Rollups } from '../../src/mirror/rollups.js';
import { fillMirror } from './insight-data.js';
import { ACCOUNT, NO_JOBS, pagesOfInsight, PIPELINE } from './insight-pages.js';
import { copyVisits } from './insight-visits.js';
import { rounded } from './report.js';
import { log } from './workshop.js';

/** What a company on the embedded database has. */
const DEALS = 20_000;

/**
 * The longest that one page of insight holds the process whose event loop the embedded database shares, milliseconds:
 * facts counted anew, nothing remembered, nothing compiled by use but what a first round of pages compiles.
 */
export async function longestBlock(quick: boolean): Promise<{ readonly page: string; readonly ms: number }> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'insight-embedded-'));
  const database = await openDatabase({ databaseUrl: null, dataDir });
  try {
    await fillMirror(database, ACCOUNT, quick ? DEALS / 4 : DEALS);
    await copyVisits(database);
    await new Rollups(database, new MirrorWriter(database, NO_JOBS, null as never)).rebuild(ACCOUNT);
    const { pages, forget } = pagesOfInsight(database);
    let worst = { page: '', ms: 0 };
    for (const round of ['warm', 'measured'])
      for (const [page, ask] of Object.entries(pages)) {
        forget();
        await database.query('DELETE FROM insight_fact');
        const ms = await longestTurn(() => ask({ pipelineId: PIPELINE }));
        if (round === 'measured')
          log(`${page} on the embedded database: blocks for ${rounded(ms)} ms at most`);
        if (round === 'measured' && ms > worst.ms) worst = { page, ms };
      }
    return worst;
  } finally {
    await database.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Work of this thread between two turns of a timer: on a busy machine the clock would measure the others. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let worst = 0;
  let before = process.threadCpuUsage();
  const turn = (): void => {
    const now = process.threadCpuUsage();
    worst = Math.max(worst, (now.user + now.system - before.user - before.system) / 1_000);
    before = now;
  };
  const timer = setInterval(turn, 1);
  await work();
  await setTimeout(5);
  clearInterval(timer);
  return worst;
}
