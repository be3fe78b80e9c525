import 'reflect-metadata';
import { runOnDatabase } from '../infra/command.js';
import { rollupDifferences } from './rollup-verify.js';

/** Prints where the roll-ups of any account differ from a full recomputation; ends with 1 when one does. */
await runOnDatabase(process.env, async (database, seconds) => {
  const accounts = await database.query<{ account_id: string }>(
    'SELECT account_id FROM account ORDER BY account_id',
  );
  let faults = 0;
  for (const { account_id: accountId } of accounts) {
    const found = await rollupDifferences(database, accountId);
    for (const { table, wrong, missing } of found ?? [])
      process.stdout.write(`${accountId} ${table}: ${wrong} rows wrong, ${missing} missing\n`);
    if (found === null) process.stdout.write(`${accountId}: not copied yet, nothing is counted\n`);
    faults += found?.length ?? 0;
  }
  process.stdout.write(
    faults === 0
      ? `Roll-ups equal a full recomputation: ${accounts.length} accounts in ${seconds()} s\n`
      : 'Roll-ups differ. The next nightly run builds them anew; please report this.\n',
  );
  return faults === 0;
});
