import type { Database } from '../../src/infra/db/database.js';
import type { Bitrix24Portal } from '../../src/sandbox/bitrix24/portal.js';

/**
 * Collects every token that the portal issues from now on, and its secrets, for a search of what must not hold them.
 * The set grows while the portal works.
 */
export function watchSecrets(portal: Bitrix24Portal, known: readonly string[] = []): ReadonlySet<string> {
  const { tokens, applications } = portal.store;
  const secrets = new Set<string>([...known, portal.store.webhookSecret]);
  for (const application of applications.all()) {
    secrets.add(application.secret);
    secrets.add(application.applicationToken);
  }
  const issueAccess = tokens.issueAccess.bind(tokens);
  tokens.issueAccess = (applicationId, userId) => {
    const token = issueAccess(applicationId, userId);
    secrets.add(token.access);
    for (const application of applications.all()) secrets.add(application.applicationToken);
    return token;
  };
  const issuePair = tokens.issuePair.bind(tokens);
  tokens.issuePair = (applicationId, userId) => {
    const pair = issuePair(applicationId, userId);
    secrets.add(pair.refresh);
    return pair;
  };
  return secrets;
}

/** The secrets that stand in a text, shortened so that a failing test does not print them. */
export function leaksIn(text: string, secrets: Iterable<string>): readonly string[] {
  return [...secrets]
    .filter((secret) => secret !== '' && text.includes(secret))
    .map((secret) => `${secret.slice(0, 6)}… (${secret.length} characters)`);
}

/** Every row of every table of the database as text: ours, the queue's, the migrations'. */
export async function dumpOf(database: Database): Promise<string> {
  const tables = await database.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await database.query<{ line: string }>(`SELECT t::text AS line FROM ${name} AS t`);
    parts.push(`-- ${name}`, ...rows.map(({ line }) => line));
  }
  return parts.join('\n');
}
