import type { AccountCapabilities, EmbedAddresses, EmbedReport } from '../../contract/client.js';
import type { HostFailure } from '../../contract/failure.js';
import type { JsonObject } from '../common/json.js';
import { BATCH_SIZE, type Command } from './batch.js';
import type { RestClient } from './client.js';
import { bindings } from './bindings.js';
import { flagOf, listOf, rowsOf, textOf } from '../common/values.js';

/** What is bound for us now, as keys that `Binding.key` also has. */
interface Present {
  readonly keys: ReadonlySet<string>;
  /** Null: the portal does not say; then everything is tried. */
  readonly placements: ReadonlySet<string> | null;
}

/** Lists first and adds what is missing. One refusal (plan, scope) is reported and does not stop the others. */
export async function embed(
  client: RestClient,
  addresses: EmbedAddresses,
  capabilities: AccountCapabilities,
): Promise<EmbedReport> {
  const present = await listPresent(client, capabilities);
  const wanted = bindings(addresses, capabilities);
  const offered = wanted.filter(({ placement }) => isOffered(placement, present.placements));
  const missing = offered.filter(({ key }) => !present.keys.has(key));
  const kept = offered.filter(({ key }) => present.keys.has(key)).map(({ title }) => title);
  const unavailable = wanted.filter((each) => !offered.includes(each)).map(({ title }) => title);
  if (!capabilities.robots) unavailable.push(NO_ROBOTS[addresses.language]);

  const outcomes = await runAll(
    client,
    missing.map(({ add }) => add),
  );
  // A refusal to bind what is bound has no code of its own: what is there in the end counts.
  const after = outcomes.some((failure) => failure) ? await listPresent(client, capabilities) : null;
  const added: string[] = [];
  for (const [index, binding] of missing.entries()) {
    const failure = outcomes[index];
    if (!failure || after?.keys.has(binding.key)) added.push(binding.title);
    else unavailable.push(`${binding.title}: ${inWords(failure, addresses.language)}`);
  }
  return { added, kept, unavailable };
}

/** Unbinds one by one: a call without parameters would remove other installations' handlers as well. */
export async function unembed(
  client: RestClient,
  addresses: EmbedAddresses,
  capabilities: AccountCapabilities,
): Promise<void> {
  await runAll(
    client,
    bindings(addresses, capabilities).map(({ remove }) => remove),
  );
}

const NO_ROBOTS = {
  ru: 'робот «Создать план задач» (нет доступа к роботам и бизнес-процессам)',
  en: 'the robot “Generate task plan” (no access to robots and workflows)',
} as const;

function isOffered(placement: string | null, offered: ReadonlySet<string> | null): boolean {
  return placement === null || offered === null || offered.has(placement);
}

async function listPresent(client: RestClient, capabilities: AccountCapabilities): Promise<Present> {
  const answer = await client.batch([
    { key: 'events', method: 'event.get', params: {} },
    { key: 'bound', method: 'placement.get', params: {} },
    { key: 'offered', method: 'placement.list', params: {} },
    ...(capabilities.robots ? [{ key: 'robots', method: 'bizproc.robot.list', params: {} }] : []),
  ]);
  const valueOf = (key: string): unknown => {
    const part = answer.of(key);
    return part.kind === 'ok' ? part.value : [];
  };
  const offered = listOf(valueOf('offered')).filter((code): code is string => typeof code === 'string');
  return {
    keys: new Set([
      ...rowsOf(valueOf('events')).map(eventKey),
      ...rowsOf(valueOf('bound')).map(
        (row) => `placement ${textOf(row['placement'])} ${textOf(row['handler'])}`,
      ),
      ...listOf(valueOf('robots')).map((code) => `robot ${String(code)}`),
    ]),
    placements: offered.length === 0 ? null : new Set(offered),
  };
}

function eventKey(row: JsonObject): string {
  const event = (textOf(row['event']) ?? '').toUpperCase();
  return flagOf(row['offline']) ? `offline ${event}` : `event ${event} ${textOf(row['handler'])}`;
}

/** One failure or null per command. All are idempotent after listing, so a lost answer is simply asked again. */
async function runAll(
  client: RestClient,
  commands: readonly Omit<Command, 'key'>[],
): Promise<readonly (HostFailure | null)[]> {
  const failures: (HostFailure | null)[] = [];
  for (let from = 0; from < commands.length; from += BATCH_SIZE) {
    const chunk = commands
      .slice(from, from + BATCH_SIZE)
      .map((command, index) => ({ key: `b${index}`, ...command }));
    const answer = await client.batch(chunk);
    for (const { key, method } of chunk) {
      const part = answer.of(key);
      if (part.kind === 'ok') failures.push(null);
      else if (part.kind === 'missing')
        failures.push({ kind: 'unavailable', detail: `${method}: no answer` });
      else failures.push(part.fault.failure);
    }
  }
  return failures;
}

function inWords(failure: HostFailure, language: EmbedAddresses['language']): string {
  if (failure.kind === 'forbidden')
    return language === 'ru' ? 'нет прав или тарифа' : 'not allowed or not on this plan';
  if (failure.kind === 'malformed') return failure.where;
  return language === 'ru' ? 'портал не ответил' : 'the portal did not answer';
}
