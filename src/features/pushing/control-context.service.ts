import { Inject, Injectable } from '@nestjs/common';
import { ACCOUNTS, type AccountLanguage, type Accounts } from '../../contract/accounts.js';
import type { DealAction } from '../../contract/actions.js';
import { COMPANY, type Company, type CompanyRules } from '../../contract/company.js';
import { HOST_CONNECTIONS, type HostConnections } from '../../contract/connections.js';
import { withHeads } from '../../domain/crm/rights.js';
import type { Crew } from '../../domain/pushing/crew.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';

/** What control needs of the account besides its deals: one value of one moment. */
export interface ControlContext {
  readonly accountId: string;
  readonly structure: CompanyStructure;
  readonly rules: CompanyRules;
  readonly crew: Crew;
  /** What the account's host can do; empty while it cannot be reached. */
  readonly kinds: ReadonlySet<DealAction['kind']>;
  /** Texts that are written into the host are in the account's language. */
  readonly language: AccountLanguage;
  readonly host: string;
  /** Where the portal is, for links in letters. */
  readonly endpoint: string;
}

interface KnownKinds {
  readonly kinds: ReadonlySet<DealAction['kind']>;
  readonly until: number;
}

const FRESH_MS = 60_000;
const MAX_ENTRIES = 500;

/** People, calendars and abilities of an account. Never inside a transaction: it may have to ask the database. */
@Injectable()
export class ControlContexts {
  private readonly known = new Map<string, KnownKinds>();

  constructor(
    private readonly structures: CompanyStructures,
    @Inject(COMPANY) private readonly company: Company,
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
  ) {}

  /** Null: the account is not connected. */
  async of(accountId: string): Promise<ControlContext | null> {
    const account = await this.accounts.find(accountId);
    if (account?.state !== 'active') return null;
    const [structure, rules, kinds] = await Promise.all([
      this.structures.of(accountId),
      this.company.of(accountId),
      this.kinds(accountId),
    ]);
    return {
      accountId,
      structure,
      rules,
      kinds,
      crew: crewOf(structure, rules),
      language: account.settings.language,
      host: account.host,
      endpoint: account.endpoint,
    };
  }

  private async kinds(accountId: string): Promise<ReadonlySet<DealAction['kind']>> {
    const known = this.known.get(accountId);
    if (known && known.until > performance.now()) return known.kinds;
    if (this.known.size >= MAX_ENTRIES) this.known.clear();
    const kinds = await this.connections.client(accountId).then(
      (client) => client.actionKinds,
      () => known?.kinds ?? new Set<DealAction['kind']>(),
    );
    this.known.set(accountId, { kinds, until: performance.now() + FRESH_MS });
    return kinds;
  }
}

export function crewOf(
  structure: CompanyStructure,
  rules: Pick<CompanyRules, 'schedules' | 'fallback' | 'deputies'>,
): Crew {
  return {
    structure: withHeads(structure),
    activeIds: new Set(structure.users.filter((user) => user.active).map((user) => user.id)),
    schedules: rules.schedules,
    fallback: rules.fallback,
    deputies: rules.deputies,
  };
}

/** The person's name as the company knows it; the id where it does not. */
export function nameOf(structure: CompanyStructure, userId: string | null): string | null {
  if (userId === null) return null;
  return structure.users.find((user) => user.id === userId)?.name ?? userId;
}
