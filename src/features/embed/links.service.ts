import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ACCOUNTS, type Accounts, type KnownUser } from '../../contract/accounts.js';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { addressOf, type AppPlace, mayOpen } from '../../contract/links.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import type { AskedView, BootView, LinkView } from './boot.view.js';
import { KeptViewRepository, type KeptView } from './kept-view.repository.js';

const DAY_MS = 86_400_000;
/** A quarter: longer than any view of the moment is of use. */
const LIFE_MS = 90 * DAY_MS;
/** An old address is told to be out of date, a very old one is unknown. */
const REMEMBERED_MS = 180 * DAY_MS;
const LONGEST_STATE = 16_000;
/** Parameter that names a kept view. */
const KEPT = 'kept';

export type KeptScreen = 'panel' | 'insight';

interface Arrival {
  readonly screen: BootView['screen'];
  readonly asked: AskedView;
}

/** Addresses of views: made for who copies one, and followed with the rights of who opens it. */
@Injectable()
export class Links {
  constructor(
    private readonly views: KeptViewRepository,
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The same view has the same address. Throws 409 where the host has no addresses for us, 422 or 429 for what cannot be kept. */
  async keep(
    person: SessionClaims,
    screen: KeptScreen,
    state: Readonly<Record<string, unknown>>,
  ): Promise<LinkView> {
    const text = canonical(state);
    // The database stores no such character in a text.
    if (text.length > LONGEST_STATE || text.includes('\\u0000')) throw notKept();
    const { accountId } = person;
    const key = createHash('sha256')
      .update(`${accountId} ${screen} ${text}`)
      .digest('base64url')
      .slice(0, 22);
    const account = await this.accounts.find(accountId);
    const place: AppPlace = { screen, params: { [KEPT]: key } };
    const address = addressOf(this.hosts.get(person.host), account?.endpoint ?? '', place);
    if (address === null) throw noAddress();
    const view: KeptView = { screen, state, expiresAt: this.clock.now() + LIFE_MS };
    if (!(await this.views.keep(accountId, key, view, person.userId))) throw tooMany();
    return { address, expiresAt: new Date(view.expiresAt).toISOString() };
  }

  /** What the person gets to see who followed the address. Never more than without it. */
  async follow(accountId: string, user: KnownUser, { screen, params = {} }: AppPlace): Promise<Arrival> {
    if (!mayOpen(screen, user))
      return { screen: 'home', asked: { screen: 'home', params: {}, state: null, problem: 'notYours' } };
    const { [KEPT]: key, ...rest } = params;
    const found = key === undefined ? null : await this.views.find(accountId, key);
    const asked = (state: AskedView['state'], problem: AskedView['problem']): Arrival => ({
      screen,
      asked: { screen, params: rest, state, problem },
    });
    if (key === undefined) return asked(null, null);
    if (found === null || found.screen !== screen) return asked(null, 'unknown');
    if (found.expiresAt <= this.clock.now()) return asked(null, 'expired');
    return asked(found.state, null);
  }

  async forgetOld(): Promise<void> {
    await this.views.forget(this.clock.now() - (REMEMBERED_MS - LIFE_MS));
  }
}

/** Two objects that say the same become the same text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

function notKept(): ApiError {
  return new ApiError(422, 'view-too-large', {
    ru: 'Такой вид ссылкой не передать: в нём слишком много условий. Уберите часть фильтров.',
    en: 'This view does not fit into a link: it has too many conditions. Take some filters away.',
  });
}

function tooMany(): ApiError {
  return new ApiError(429, 'too-many-views', {
    ru: 'Вы сохранили слишком много ссылок за последние месяцы. Старые удаляются сами.',
    en: 'You kept too many links in the last months. Old ones are deleted by themselves.',
  });
}

function noAddress(): ApiError {
  return new ApiError(409, 'no-address', {
    ru: 'В этой CRM у страницы нет адреса, которым можно поделиться.',
    en: 'In this CRM the page has no address that could be shared.',
  });
}
