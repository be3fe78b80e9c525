import { Inject, Injectable, Optional } from '@nestjs/common';
import { ACCOUNTS, type Accounts } from '../../contract/accounts.js';
import { COMPANY, type Company } from '../../contract/company.js';
import { HOST_CONNECTIONS, type HostConnections } from '../../contract/connections.js';
import { nextWorkingMoment } from '../../domain/calendar/working-time.js';
import type { Instant } from '../../domain/crm/time.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import type { BookReader } from './book.texts.js';

export interface Means {
  /** The host has personal notifications; where it has none, named people are told by a note in the deal. */
  readonly notify: boolean;
  readonly reader: BookReader;
  readonly workingFrom: (userId: string) => Instant | null;
}

/** How the account's people can be told something. */
@Injectable()
export class BookMeans {
  constructor(
    private readonly structures: CompanyStructures,
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
    @Optional() @Inject(COMPANY) private readonly company: Company | null,
  ) {}

  /** Null: the account cannot be reached now, so it is tried again later. Never inside a transaction. */
  async of(accountId: string, now: Instant): Promise<Means | null> {
    const account = await this.accounts.find(accountId);
    if (account?.state !== 'active') return null;
    const client = await this.connections.client(accountId).catch(() => null);
    if (!client) return null;
    const [structure, rules] = await Promise.all([
      this.structures.of(accountId),
      this.company?.of(accountId),
    ]);
    const here = new Set(structure.users.filter((user) => user.active).map((user) => user.id));
    const { language, timeZone } = account.settings;
    return {
      notify: client.actionKinds.has('notify'),
      reader: { language, timeZone, nameOf: namesOf(structure) },
      workingFrom: (userId) => {
        if (!here.has(userId)) return null;
        const schedule = rules?.schedules.get(userId) ?? rules?.fallback;
        return schedule ? nextWorkingMoment(now, schedule) : now;
      },
    };
  }
}

export function namesOf(structure: CompanyStructure): (userId: string) => string {
  const names = new Map(structure.users.map((user) => [user.id, user.name]));
  return (userId) => names.get(userId) ?? userId;
}
