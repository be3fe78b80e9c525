import type { SessionClaims } from '../../infra/crypto/sessions.js';

type Teller = Pick<SessionClaims, 'userName' | 'language'>;

/** Notes that the panel leaves in a deal's history in the host. */
export function closingComment(who: Teller, reason: string, comment: string | undefined): string {
  const ru = who.language === 'ru';
  const first = ru ? `Сделка закрыта. Причина: ${reason}.` : `The deal was closed. Reason: ${reason}.`;
  const by = who.userName === '' ? '' : ru ? `\nЗакрыл(а): ${who.userName}` : `\nBy: ${who.userName}`;
  return `${first}${comment === undefined ? '' : `\n${comment}`}${by}`;
}

export function reopeningComment(who: Teller): string {
  const by = who.userName === '' ? '' : ` ${who.userName}`;
  return who.language === 'ru'
    ? `Закрытие отменено, сделка снова в работе.${by}`
    : `The closing was undone, the deal is open again.${by}`;
}
