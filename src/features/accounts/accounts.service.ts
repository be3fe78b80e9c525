import { Inject, Injectable } from '@nestjs/common';
import type { AccountFacts, Accounts, KnownUser, Opening } from '../../contract/accounts.js';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import type {
  CrmHost,
  FrameReading,
  FrameUser,
  HostRequest,
  KnownInstallation,
} from '../../contract/host.js';
import { accountIdOf } from '../../infra/ids.js';
import { Metrics } from '../../infra/metrics.js';
import { MirrorReads } from '../../mirror/index.js';
import { AccountCache, type KnownAccount } from './account.cache.js';
import { EnrolmentService } from './enrolment.service.js';
import { InstallerService } from './installer.service.js';

type Proven = Extract<FrameReading, { kind: 'open' }>;

/** Accounts as the other features see them. */
@Injectable()
export class AccountsService implements Accounts {
  constructor(
    @Inject(HOSTS) private readonly hosts: Hosts,
    private readonly cache: AccountCache,
    private readonly enrolment: EnrolmentService,
    private readonly installer: InstallerService,
    private readonly mirror: MirrorReads,
    private readonly metrics: Metrics,
  ) {}

  async find(accountId: string): Promise<AccountFacts | null> {
    return (await this.cache.find(accountId))?.record ?? null;
  }

  async pageOrigin(hostId: string, accountKey: string): Promise<string | null> {
    const host = this.hosts.get(hostId);
    if (host?.frame !== 'token') return null;
    const known = await this.living(accountIdOf(hostId, accountKey));
    return known === null ? null : host.frameOrigin(known.record.endpoint);
  }

  async open(hostId: string, request: HostRequest): Promise<Opening> {
    const host = this.hosts.get(hostId);
    if (!host) return this.refuse(hostId, 'unknownAccount');
    return this.admit(host, await host.openFrame(request, (key) => this.installation(hostId, key)));
  }

  /** The same for a code that came back from the host's consent page or installation. */
  async exchange(hostId: string, request: HostRequest): Promise<Opening> {
    const host = this.hosts.get(hostId);
    if (!host?.exchange) return this.refuse(hostId, 'unknownAccount');
    return this.admit(host, await host.exchange(request));
  }

  install(accountId: string, actor: string): Promise<AccountFacts> {
    return this.installer.install(accountId, actor);
  }

  finished(accountId: string, actor: string): Promise<AccountFacts> {
    return this.installer.finished(accountId, actor);
  }

  private async admit(host: CrmHost, reading: FrameReading): Promise<Opening> {
    const hostId = host.id;
    if (reading.kind === 'refused') return this.refuse(hostId, reading.reason);
    const accountId = accountIdOf(hostId, reading.accountKey);
    const before = await this.living(accountId);
    const user = await this.knownUser(accountId, reading.user);
    if (!before && !user.admin) return this.refuse(hostId, 'adminNeeded');
    const account = await this.enrol(hostId, accountId, { ...reading, user }, before);
    return {
      kind: 'open',
      account,
      user,
      place: reading.place,
      installing: reading.installing,
      portalOrigin: host.frameOrigin(account.endpoint),
    };
  }

  private async enrol(
    hostId: string,
    accountId: string,
    reading: Proven,
    before: KnownAccount | null,
  ): Promise<AccountFacts> {
    if (!reading.user.admin && before) return before.record;
    await this.enrolment.enrol(hostId, accountId, reading, before);
    const after = await this.cache.find(accountId);
    if (!after) throw new Error('an enrolled account is not there');
    return after.record;
  }

  /** What the frame's proof leaves open is answered by the mirror's people. */
  private async knownUser(accountId: string, user: FrameUser): Promise<KnownUser> {
    const { id, admin, name, timeZone } = user;
    const departments = await this.mirror.departments(accountId);
    const head = departments.some((department) => department.headId === id);
    if (admin !== null && name !== '') return { ...user, admin, head };
    const [person] = (await this.mirror.users(accountId)).filter((one) => one.id === id && one.active);
    return {
      id,
      name: name === '' ? (person?.name ?? id) : name,
      admin: admin ?? person?.admin ?? false,
      head,
      timeZone: timeZone ?? person?.timeZone ?? null,
    };
  }

  /** An uninstalled account proves itself anew: what was stored of it says nothing any more. */
  private async installation(hostId: string, accountKey: string): Promise<KnownInstallation | null> {
    const known = await this.living(accountIdOf(hostId, accountKey));
    return known === null ? null : { endpoint: known.record.endpoint, secret: known.secret };
  }

  private async living(accountId: string): Promise<KnownAccount | null> {
    const known = await this.cache.find(accountId);
    return known !== null && isAlive(known.record) ? known : null;
  }

  private refuse(host: string, reason: Extract<Opening, { kind: 'refused' }>['reason']): Opening {
    this.metrics.refusals.inc({ host: this.hosts.has(host) ? host : 'unknown', kind: 'frame', reason });
    return { kind: 'refused', reason };
  }
}

export function isAlive(account: Pick<AccountFacts, 'state'>): boolean {
  return account.state === 'active' || account.state === 'connecting';
}
