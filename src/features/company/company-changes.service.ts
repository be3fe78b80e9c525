import { Injectable } from '@nestjs/common';
import { companyChanged } from '../../contract/jobs.js';
import { audit } from '../../infra/audit.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import type { CompanyParts, PartName } from './company.facts.js';
import { CompanyRepository } from './company.repository.js';
import { changedMeanwhile } from './company.texts.js';

/** What the audit log says of a change; no customer text. */
export interface ChangeNote {
  /** `company.<what happened>` */
  readonly action: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Whether open plans have to be decided again. */
  readonly plans: boolean;
}

/** Every change of the settings: one after another in an account, audited, and heard by the plans. */
@Injectable()
export class CompanyChanges {
  constructor(
    private readonly database: Database,
    private readonly companies: CompanyRepository,
    private readonly jobs: Jobs,
  ) {}

  /** `work` runs in the transaction; what it throws undoes everything. */
  async change<T>(
    { accountId, userId }: Pick<SessionClaims, 'accountId' | 'userId'>,
    note: ChangeNote,
    work: (tx: Sql) => Promise<T>,
  ): Promise<T> {
    await this.jobs.prepare(companyChanged);
    return this.database.transaction(async (tx) => {
      await this.companies.bump(tx, accountId);
      const done = await work(tx);
      await audit(tx, { accountId, actor: userId, action: note.action, detail: note.detail ?? {} });
      if (note.plans) await this.jobs.enqueue(companyChanged, { accountId }, { tx });
      return done;
    });
  }

  /** Saves a part whole; throws 409 when somebody else saved it since `revision`. `also` runs in the same transaction. */
  async savePart<Name extends PartName>(
    person: Pick<SessionClaims, 'accountId' | 'userId'>,
    name: Name,
    save: {
      readonly revision: number;
      readonly body: CompanyParts[Name];
      readonly note: Omit<ChangeNote, 'action'>;
      readonly also?: (tx: Sql) => Promise<void>;
    },
  ): Promise<void> {
    const { revision, body, note, also } = save;
    await this.change(person, { action: `company.${name}Saved`, ...note }, async (tx) => {
      const order = { revision, body, by: person.userId };
      if (!(await this.companies.savePart(tx, person.accountId, name, order))) throw changedMeanwhile();
      await also?.(tx);
    });
  }
}
