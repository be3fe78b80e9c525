import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MAILS, type LetterPlace, type Mails } from '../../src/contract/mail.js';
import type { Database } from '../../src/infra/db/database.js';
import { decoded, type MailBox } from '../support/mail-box.js';
import { until } from '../support/until.js';

export interface LetterRoom {
  readonly app: NestFastifyApplication;
  readonly database: Database;
  readonly box: MailBox;
}

let letters = 0;

/** Sends the person a letter with one button, over a real mail server, and reads where the button leads. */
export async function buttonOf(
  { app, database, box }: LetterRoom,
  userId: number,
  place: LetterPlace,
): Promise<string> {
  letters += 1;
  const subject = `Letter ${letters}`;
  const mails = app.get<Mails>(MAILS, { strict: false });
  const [account] = await database.query<{ account_id: string }>(
    `SELECT account_id FROM account WHERE state = 'active'`,
  );
  const sent = await database.transaction((tx) =>
    mails.send(tx, [
      {
        accountId: account?.account_id ?? '',
        userId: String(userId),
        key: `e2e-${letters}`,
        kind: 'day',
        language: 'en',
        subject,
        letter: { intro: 'Good morning.', sections: [], button: { label: 'Open it', place } },
      },
    ]),
  );
  if (sent.size === 0) throw new Error(`${userId} has no address`);
  const address = (): string | undefined =>
    box.delivered
      .map(decoded)
      .filter((text) => text.includes(subject))
      .map((text) => /Open it: (\S+)/.exec(text)?.[1])
      .find((one) => one !== undefined);
  await until(() => address() !== undefined, { what: 'the letter', timeoutMs: 60_000 });
  return address() ?? '';
}

/** The same address as a signed-in person's browser asks for it: the simulated host has no sign-in of its own. */
export function asPerson(address: string, userId: number): string {
  const url = new URL(address);
  url.searchParams.set('lang', 'en');
  url.searchParams.set('user', String(userId));
  return url.href;
}
