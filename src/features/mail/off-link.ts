import { Injectable } from '@nestjs/common';
import type { MailKind } from '../../contract/mail.js';
import { Config } from '../../infra/config/config.js';
import { Vault } from '../../infra/crypto/vault.js';

/** Whose letters of which kind a link switches off. */
export interface OffOrder {
  readonly accountId: string;
  readonly userId: string;
  readonly kind: MailKind;
  readonly language: 'ru' | 'en';
}

const FIELD = 'mail-off';
const KINDS: readonly string[] = ['digest', 'day', 'alert', 'book'] satisfies readonly MailKind[];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Links that switch letters off: sealed, so that nobody can make one for somebody else. They do not run out. */
@Injectable()
export class OffLinks {
  constructor(
    private readonly vault: Vault,
    private readonly config: Config,
  ) {}

  url({ accountId, userId, kind, language }: OffOrder): string {
    const sealed = this.vault.seal([kind, language, userId].join(' '), { accountId, field: FIELD });
    return `${this.config.publicUrl}/mail/off/${accountId}.${sealed}`;
  }

  /** Null: not a link of ours. */
  read(token: string): OffOrder | null {
    const at = token.indexOf('.');
    const accountId = token.slice(0, Math.max(at, 0));
    if (!UUID.test(accountId)) return null;
    try {
      const [kind = '', language, ...rest] = this.vault
        .open(token.slice(at + 1), { accountId, field: FIELD })
        .split(' ');
      const userId = rest.join(' ');
      if (!isKind(kind) || (language !== 'ru' && language !== 'en') || userId === '') return null;
      return { accountId, userId, kind, language };
    } catch {
      return null;
    }
  }
}

function isKind(text: string): text is MailKind {
  return KINDS.includes(text);
}
