import 'reflect-metadata';
import { Command } from 'commander';
import { readConfig } from '../../infra/config/read-config.js';
import { openDatabase } from '../../infra/db/open.js';
import { BookRepository } from './book.repository.js';
import { BookVerdicts } from './book-verdict.service.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Follows the chain of one account's Sales Book, or of all; ends with 1 when one does not hold. */
async function main(): Promise<number> {
  const { account } = new Command('book:verify')
    .description('Verifies the chain of hashes of the Sales Book.')
    .option('--account <id>', 'only this account')
    .parse()
    .opts<{ account?: string }>();
  if (account !== undefined && !UUID.test(account)) throw new Error(`not an account: ${account}`);
  const { databaseUrl, dataDir } = readConfig({ ...process.env, SANDBOX: 'off' });
  const database = await openDatabase({ databaseUrl, dataDir });
  try {
    const accounts = await database.query<{ account_id: string }>(
      'SELECT account_id FROM book_head WHERE $1::uuid IS NULL OR account_id = $1::uuid ORDER BY account_id',
      [account ?? null],
    );
    if (account !== undefined && accounts.length === 0)
      throw new Error(`there is no Sales Book of the account ${account}`);
    const verdicts = new BookVerdicts(new BookRepository(database));
    let intact = true;
    for (const { account_id: accountId } of accounts) {
      const verdict = await verdicts.of(accountId);
      intact &&= verdict.intact;
      const said = verdict.intact
        ? `intact, ${verdict.entries} entries, head ${verdict.head ?? 'none'}`
        : `BROKEN at entry ${verdict.brokenAt ?? '?'}, ${verdict.entries} entries before it hold`;
      process.stdout.write(`${accountId}: ${said}\n`);
    }
    if (accounts.length === 0) process.stdout.write('No account has a Sales Book yet.\n');
    return intact ? 0 : 1;
  } finally {
    await database.close();
  }
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
