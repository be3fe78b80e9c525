import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { refreshPlans } from './plans.jobs.js';

/** Notices that people came, left, changed departments or got another head: then all open plans are decided again. */
@Injectable()
export class PeopleWatch {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  /** True when the plans of the account will be decided again. The first look only remembers. */
  async look(accountId: string): Promise<boolean> {
    await this.jobs.prepare(refreshPlans);
    return this.database.transaction(async (tx) => {
      const rows = await tx.query<{ before: string | null }>(
        `WITH seen AS (
           SELECT md5(coalesce((SELECT string_agg(user_id || '|' || active || '|' || department_ids::text, ';' ORDER BY user_id)
               FROM host_user WHERE account_id = $1::uuid), '')
             || coalesce((SELECT string_agg(department_id || '|' || coalesce(parent_id, '') || '|' || coalesce(head_id, ''),
               ';' ORDER BY department_id) FROM department WHERE account_id = $1::uuid AND deleted_at IS NULL), '')) AS print
         ), old AS (
           SELECT fingerprint FROM planned_people WHERE account_id = $1::uuid
         )
         INSERT INTO planned_people AS p (account_id, fingerprint) SELECT $1::uuid, print FROM seen
         ON CONFLICT (account_id) DO UPDATE SET fingerprint = excluded.fingerprint
           WHERE p.fingerprint <> excluded.fingerprint
         RETURNING (SELECT fingerprint FROM old) AS before`,
        [accountId],
      );
      const changed = rows.some(({ before }) => before !== null);
      if (changed) await this.jobs.enqueue(refreshPlans, { accountId }, { tx });
      return changed;
    });
  }
}
