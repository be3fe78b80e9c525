import { COMPANY, type Company } from '../../src/contract/company.js';
import type { Database } from '../../src/infra/db/database.js';
import { settled, smallCompany, startEverything, type Running } from './running.js';
import { openFrame, type WidgetPerson } from './widget-person.js';

/** Of the generated company: the director, a head of a department, and a seller. */
export const ADMIN = 1;
export const HEAD = 2;
export const SELLER = 6;

/** The whole product with a small company in it, and three people who open its settings. */
export interface CompanyWorld {
  readonly running: Running;
  readonly admin: WidgetPerson;
  readonly head: WidgetPerson;
  readonly seller: WidgetPerson;
  readonly accountId: string;
  readonly company: Company;
  /** Audited changes of the settings, oldest first. */
  audited(): Promise<readonly AuditedChange[]>;
}

export interface AuditedChange {
  readonly action: string;
  readonly actor: string;
  readonly detail: object;
}

export async function startCompanyWorld(database: Database): Promise<CompanyWorld> {
  const running = await startEverything({ database, company: smallCompany(20) });
  await settled(running);
  const [account] = await database.query<{ account_id: string }>('SELECT account_id FROM account');
  return {
    running,
    admin: await openFrame(running, ADMIN),
    head: await openFrame(running, HEAD),
    seller: await openFrame(running, SELLER),
    accountId: account?.account_id ?? '',
    company: running.app.get<Company>(COMPANY, { strict: false }),
    audited: () =>
      database.query<AuditedChange>(
        `SELECT action, actor, detail FROM audit_log WHERE action LIKE 'company.%' ORDER BY audit_log_id`,
      ),
  };
}
