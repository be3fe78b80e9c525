import { createHash } from 'node:crypto';

const KEY = /^[0-9a-z-]{1,64}$/;
const HEX_DIGITS = 32;

/**
 * A name for something that we do in the host, made of what tells it apart: which feature wants it, and of which thing.
 * 128 bits of SHA-256, in the shape that hosts' places for keys take in their shortest form.
 */
export function actionKey(accountId: string, ...identity: readonly (string | number)[]): string {
  const text = JSON.stringify(['action', accountId, ...identity]);
  return `dozhim-${createHash('sha256').update(text).digest('hex').slice(0, HEX_DIGITS)}`;
}

/** The name of taking a question away: one for each question. */
export function closeKeyOf(accountId: string, askKey: string): string {
  return actionKey(accountId, 'close', askKey);
}

export function isActionKey(text: string): boolean {
  return KEY.test(text);
}
