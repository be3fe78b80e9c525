import type { EmbedAddresses, EmbedReport } from '../../contract/client.js';
import { CallFault } from '../common/call-fault.js';
import type { JsonObject } from '../common/json.js';
import { flagOf, listOf, textOf } from '../common/values.js';
import { accessTokenFacts } from './access-token.js';
import { NOT_FOUND } from './answers.js';
import type { ApiClient } from './client.js';
import { hookKey } from './hook-keys.js';
import { embeddedRows } from './schema.js';

const PATH = '/api/v4/webhooks';

/**
 * What we hear of. Deals from "unsorted" come as changes of the deal. Single messages are told on one platform only; a
 * talk that changes is told on both.
 */
export const HOOK_SETTINGS: readonly string[] = [
  'add_lead',
  'update_lead',
  'delete_lead',
  'restore_lead',
  'status_lead',
  'responsible_lead',
  'add_task',
  'update_task',
  'delete_task',
  'responsible_task',
  'note_lead',
  'note_contact',
  'add_talk',
  'update_talk',
];

const TEXTS = {
  ru: {
    hook: 'уведомления аккаунта о сделках и задачах',
    refused: 'тариф или права не дают подписаться: изменения приходят при обходе, через несколько минут',
    disabled:
      'аккаунт отключил их: включите их в настройках аккаунта, до тех пор изменения приходят при обходе',
    unanswered: 'аккаунт не ответил',
    token: 'долгосрочный токен перестанет действовать',
  },
  en: {
    hook: 'the account’s notices of deals and tasks',
    refused: 'the plan or the rights allow none: changes come with the sweeps, in a few minutes',
    disabled:
      'the account has disabled them: enable them in its settings, until then changes come with the sweeps',
    unanswered: 'the account did not answer',
    token: 'the long-lived token stops working',
  },
} as const;

/**
 * Subscribes once to everything at one address. A subscription that the account disabled, or that asks for less than we
 * need, is renewed; what still stands under an older key of ours is taken away.
 */
export async function embed(client: ApiClient, addresses: EmbedAddresses): Promise<EmbedReport> {
  const texts = TEXTS[addresses.language];
  const notices = await tokenNotices(client, texts.token);
  try {
    const outcome = await subscribe(client, addresses);
    if (outcome === 'disabled') {
      return { added: [], kept: [], unavailable: [`${texts.hook}: ${texts.disabled}`, ...notices] };
    }
    return {
      added: outcome === 'added' ? [texts.hook] : [],
      kept: outcome === 'kept' ? [texts.hook] : [],
      unavailable: notices,
    };
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    const { kind } = error.failure;
    if (kind !== 'forbidden' && kind !== 'gone' && kind !== 'malformed') throw error;
    return { added: [], kept: [], unavailable: [`${texts.hook}: ${texts.refused}`, ...notices] };
  }
}

export async function unembed(client: ApiClient, addresses: EmbedAddresses): Promise<void> {
  await unsubscribe(client, destinationOf(client, addresses));
}

async function subscribe(
  client: ApiClient,
  addresses: EmbedAddresses,
): Promise<'added' | 'kept' | 'disabled'> {
  const destination = destinationOf(client, addresses);
  const hooks = await ourHooks(client, addresses);
  for (const hook of hooks) {
    const other = textOf(hook['destination']);
    if (other !== null && other !== destination) await unsubscribe(client, other);
  }
  const present = hooks.find((hook) => hook['destination'] === destination);
  if (present && isWhole(present)) return 'kept';
  await post(client, destination);
  if (!present || !flagOf(present['disabled'])) return 'added';
  // Whether a new subscription wakes a disabled one is not documented: look, and else make it anew.
  if (await isAwake(client, addresses, destination)) return 'added';
  await unsubscribe(client, destination);
  await post(client, destination);
  return (await isAwake(client, addresses, destination)) ? 'added' : 'disabled';
}

async function post(client: ApiClient, destination: string): Promise<void> {
  const body = { destination, settings: HOOK_SETTINGS };
  await client.call({ method: 'POST', path: PATH, body }, { lane: 'high', repeatable: true });
}

async function isAwake(client: ApiClient, addresses: EmbedAddresses, destination: string): Promise<boolean> {
  const hooks = await ourHooks(client, addresses);
  return hooks.some((hook) => hook['destination'] === destination && isWhole(hook));
}

async function ourHooks(client: ApiClient, addresses: EmbedAddresses): Promise<readonly JsonObject[]> {
  const body = (await client.get(PATH)) ?? (await client.get(PATH));
  const hooks = embeddedRows(body, 'webhooks') ?? [];
  return hooks.filter((hook) => textOf(hook['destination'])?.startsWith(`${addresses.hook}/`));
}

function isWhole(hook: JsonObject): boolean {
  const settings = new Set(listOf(hook['settings']));
  return !flagOf(hook['disabled']) && HOOK_SETTINGS.every((setting) => settings.has(setting));
}

async function unsubscribe(client: ApiClient, destination: string): Promise<void> {
  try {
    const body = { destination };
    await client.call({ method: 'DELETE', path: PATH, body }, { lane: 'high', repeatable: true });
  } catch (error) {
    if (error instanceof CallFault && error.code === NOT_FOUND) return;
    throw error;
  }
}

function destinationOf({ session, surroundings }: ApiClient, { hook }: EmbedAddresses): string {
  return `${hook}/${hookKey(surroundings.application, session.accountKey)}`;
}

const DAY_MS = 24 * 3_600_000;
/** Whoever has to make a new token should hear of it in time. */
const WARNED_BEFORE_MS = 30 * DAY_MS;

/** Ordinary tokens live a day and are renewed; one that lives longer was made by hand, and nobody renews it. */
async function tokenNotices(client: ApiClient, text: string): Promise<readonly string[]> {
  const { expiresAt, issuedAt } = accessTokenFacts(await client.session.accessToken());
  if (expiresAt === null || issuedAt === null || expiresAt - issuedAt < 2 * DAY_MS) return [];
  const left = expiresAt - client.session.clock.now();
  if (left > WARNED_BEFORE_MS) return [];
  client.session.log.warn('the long-lived token of an account ends soon', {
    days: Math.floor(left / DAY_MS),
  });
  return [`${text}: ${new Date(expiresAt).toISOString().slice(0, 10)}`];
}
