import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Where a sealed value lives; it opens only there (a row copied to another account does not decrypt). */
export interface SealPlace {
  readonly accountId: string;
  readonly field: string;
}

/**
 * AES-256-GCM for secrets at rest: 96-bit random nonce, account, field and key id as additional data. Several keys may
 * be live: values are sealed under the first and opened under the one they name, so that keys rotate without a pause.
 * Sealed form: `v1.<key id>.<nonce>.<tag>.<text>` in base64url.
 */
export class Vault {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly current: string;

  /** `secrets`: newest first, each at least 32 characters. */
  constructor(secrets: readonly string[]) {
    const keys = secrets.map((secret) => deriveKey(secret));
    const first = keys[0];
    if (!first) throw new Error('the vault needs at least one secret');
    this.keys = new Map(keys.map((key) => [key.id, key.bytes]));
    this.current = first.id;
  }

  seal(plain: string, place: SealPlace): string {
    const key = this.keys.get(this.current);
    if (!key) throw new Error('the vault lost its key');
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(additionalData(place, this.current));
    const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return [
      'v1',
      this.current,
      ...[nonce, cipher.getAuthTag(), text].map((part) => part.toString('base64url')),
    ].join('.');
  }

  /** Throws when the value was sealed elsewhere, under an unknown key, or was changed. */
  open(sealed: string, place: SealPlace): string {
    const [version, keyId = '', nonce = '', tag = '', text = ''] = sealed.split('.');
    const key = this.keys.get(keyId);
    if (version !== 'v1' || !key) throw new Error(`a sealed ${place.field} names an unknown key`);
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'));
    decipher.setAAD(additionalData(place, keyId));
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString(
      'utf8',
    );
  }

  /** True when the value should be sealed anew because its key is no longer the first. */
  isStale(sealed: string): boolean {
    return sealed.split('.')[1] !== this.current;
  }
}

function additionalData(place: SealPlace, keyId: string): Buffer {
  return Buffer.from(`${place.accountId}|${place.field}|${keyId}`);
}

function deriveKey(secret: string): { id: string; bytes: Buffer } {
  const bytes = Buffer.from(hkdfSync('sha256', secret, 'dozhim', 'vault', 32));
  const id = Buffer.from(hkdfSync('sha256', secret, 'dozhim', 'vault key id', 6)).toString('base64url');
  return { id, bytes };
}
