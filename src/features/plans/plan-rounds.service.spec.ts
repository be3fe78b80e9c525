import { describe, expect, it } from '@jest/globals';
import type { Database } from '../../infra/db/database.js';
import type { Jobs } from '../../infra/jobs/jobs.js';
import { createLogger, Log } from '../../infra/log.js';
import type { DealChanges } from './deal-changes.service.js';
import type { FieldWatching } from './field-watching.service.js';
import type { PeopleWatch } from './people-watch.service.js';
import { PlanRounds } from './plan-rounds.service.js';

describe('src/features/plans/plan-rounds.service', () => {
  it('goes on to the next account when the round of one fails, and says so', async () => {
    const lines: string[] = [];
    const decided: string[] = [];
    const accounts = ['a', 'b', 'c'].map((account_id) => ({ account_id }));
    const dealChanges = {
      timePassed: async (accountId: string) => {
        if (accountId === 'b') throw new Error('a plan that cannot be decided');
        decided.push(accountId);
        return 0;
      },
    };
    const nothing = { look: async () => undefined };
    const rounds = new PlanRounds(
      { query: async () => accounts } as unknown as Database,
      {} as unknown as Jobs,
      dealChanges as unknown as DealChanges,
      nothing as unknown as PeopleWatch,
      nothing as unknown as FieldWatching,
      new Log(createLogger('info', { write: (line) => lines.push(line) })),
    );
    await rounds.tick();
    expect(decided).toEqual(['a', 'c']);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 'error', accountId: 'b', detail: 'Error: a plan that cannot be decided' },
    ]);
  });
});
