import { Inject, Injectable } from '@nestjs/common';
import { ACCOUNTS, type Accounts, type Opening } from '../../contract/accounts.js';
import { COMPANY, type Company } from '../../contract/company.js';
import type { HostRequest } from '../../contract/host.js';
import { weekEnds } from '../../domain/calendar/day-hours.js';
import type { Schedule } from '../../domain/calendar/work-calendar.types.js';
import { Sessions, type IssuedSession, type SessionClaims } from '../../infra/crypto/sessions.js';
import type { BootView } from './boot.view.js';
import { Links } from './links.service.js';
import { PreferenceRepository, type Preferences } from './preference.repository.js';

type Opened = Extract<Opening, { kind: 'open' }>;

export type FrameAnswer =
  | { readonly kind: 'open'; readonly boot: BootView; readonly portalOrigin: string }
  | Extract<Opening, { kind: 'refused' }>;

/** Opens our page in the portal's frame, and keeps its session fresh. */
@Injectable()
export class FrameService {
  constructor(
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly preferences: PreferenceRepository,
    @Inject(COMPANY) private readonly company: Company,
    private readonly links: Links,
  ) {}

  /** `place` is the route that the host posted to: the installer's address always shows the installer. */
  async open(host: string, place: 'frame' | 'install', request: HostRequest): Promise<FrameAnswer> {
    const opening = await this.accounts.open(host, request);
    if (opening.kind === 'refused') return opening;
    const { account, user } = opening;
    const preferences = await this.preferences.find(account.accountId, user.id);
    const schedule = await this.scheduleOf(opening);
    const session = await this.issue(opening, preferences, schedule);
    const screen = screenOf(opening, place);
    const { link } = opening.place;
    // The installer comes before everything, whatever somebody clicked.
    const followed =
      link && screen !== 'install' ? await this.links.follow(account.accountId, user, link) : null;
    const boot: BootView = {
      session: session.token,
      sessionExpiresAt: new Date(session.expiresAt).toISOString(),
      host: account.host,
      portalOrigin: opening.portalOrigin,
      screen,
      dealId: opening.place.dealId,
      language: languageOf(opening, preferences),
      theme: preferences.theme ?? 'auto',
      timeZone: schedule.timeZone,
      dayEnds: weekEnds(schedule.calendar.week),
      user: { id: user.id, name: user.name, admin: user.admin, head: user.head },
      installing: opening.installing,
      ...followed,
    };
    return { kind: 'open', boot, portalOrigin: opening.portalOrigin };
  }

  /** Where a frame of ours may open without a proof; null where it may not. */
  async pageOrigin(host: string, accountKey: string): Promise<string | null> {
    return this.accounts.pageOrigin(host, accountKey);
  }

  /** A new session for a fresh token of the host; null when the host does not vouch for it. */
  async renew(host: string, request: HostRequest): Promise<IssuedSession | null> {
    const opening = await this.accounts.open(host, request);
    if (opening.kind === 'refused') return null;
    const preferences = await this.preferences.find(opening.account.accountId, opening.user.id);
    return this.issue(opening, preferences, await this.scheduleOf(opening));
  }

  /** The person's own hours and zone where the company set some, else the company's. */
  private async scheduleOf({ account, user }: Opened): Promise<Schedule> {
    const { schedules, fallback } = await this.company.of(account.accountId);
    return schedules.get(user.id) ?? fallback;
  }

  private issue(opening: Opened, preferences: Preferences, { timeZone }: Schedule): Promise<IssuedSession> {
    const { account, user, place } = opening;
    const claims: SessionClaims = {
      accountId: account.accountId,
      host: account.host,
      userId: user.id,
      userName: user.name.slice(0, 200),
      admin: user.admin,
      dealId: place.dealId,
      language: languageOf(opening, preferences),
      timeZone,
    };
    return this.sessions.issue(claims);
  }
}

/** An administrator who opens an app that is not set up yet gets the installer wherever it was opened. */
function screenOf(
  { account, place, user, installing }: Opened,
  route: 'frame' | 'install',
): BootView['screen'] {
  if (route === 'install' || installing) return user.admin ? 'install' : 'home';
  const setUp = account.settings.embedding?.problem === null;
  if (!setUp && user.admin && place.screen !== 'plan') return 'install';
  // What a head opens first every morning is everybody's work, what a seller opens is the own day.
  return place.screen === 'home' && (user.admin || user.head) ? 'panel' : place.screen;
}

function languageOf({ place, account }: Opened, preferences: Preferences): 'ru' | 'en' {
  if (preferences.language) return preferences.language;
  const code = place.language.slice(0, 2).toLowerCase();
  if (code === 'en') return 'en';
  // Portals of the former Union read Russian; what we do not speak gets the account's own language.
  if (['ru', 'ua', 'uk', 'kz', 'by', 'be'].includes(code)) return 'ru';
  return code === '' ? account.settings.language : 'en';
}
