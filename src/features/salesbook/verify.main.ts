import 'reflect-metadata';
import { Command } from 'commander';
import { runOnDatabase } from '../../infra/command.js';
import { BookRepository } from './book.repository.js';
import { BookVerdicts } from './book-verdict.service.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const command = new Command('book:verify')
  .description('Verifies the chain of hashes of the Sales Book.')
  .option('--account <id>', 'only this account')
  .parse();
const { account } = command.opts<{ account?: string }>();
if (account !== undefined && !UUID.test(account)) command.error(`not an account: ${account}`);

/** Follows the chain of one account's Sales Book, or of all; ends with 1 when one does not hold. */
await runOnDatabase(process.env, async (database) => {
  const accounts = await database.query<{ account_id: string }>(
    'SELECT account_id FROM book_head WHERE $1::uuid IS NULL OR account_id = $1::uuid ORDER BY account_id',
    [account ?? null],
  );
  if (account !== undefined && accounts.length === 0)
    command.error(`there is no Sales Book of the account ${account}`);
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
  return intact;
});
