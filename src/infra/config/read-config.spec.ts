import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigurationError, readConfig } from './read-config.js';

const SECRET = 'f'.repeat(64);
const GROUP = {
  id: 'toy',
  variables: [
    { name: 'TOY_ID', secret: false, required: true, meaning: 'the application’s id' },
    { name: 'TOY_SECRET', secret: true, required: true, meaning: 'the application’s secret' },
    { name: 'TOY_SIZE', secret: false, required: false, values: ['big', 'small'], meaning: 'its size' },
  ],
};

function faultsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(environment, [GROUP]);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

describe('src/infra/config/read-config', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'dozhim-config-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('works with nothing set: embedded database, sandbox on, generated secret', () => {
    const config = readConfig({ DATA_DIR: folder }, [GROUP]);
    expect(config).toMatchObject({
      port: 3000,
      publicUrl: 'http://localhost:3000',
      databaseUrl: null,
      sandbox: true,
      role: 'all',
    });
    expect(readConfig({ DATA_DIR: folder }).secrets).toEqual(config.secrets);
    expect(statSync(path.join(folder, 'app-secret')).mode & 0o077).toBe(0);
  });

  it('sends letters when it knows the server and the sender, and names what is missing or wrong', () => {
    const url = 'smtps://user:password@mail.example.com:465';
    const from = 'Dozhim <sales@example.com>';
    expect(readConfig({ DATA_DIR: folder }).mail).toBeNull();
    expect(readConfig({ DATA_DIR: folder, SMTP_URL: url, MAIL_FROM: from }).mail).toEqual({ url, from });
    expect(faultsOf({ DATA_DIR: folder, SMTP_URL: url })).toEqual([
      expect.stringMatching(/^MAIL_FROM is missing/),
    ]);
    expect(faultsOf({ DATA_DIR: folder, MAIL_FROM: from })).toEqual([
      expect.stringMatching(/^SMTP_URL is missing/),
    ]);
    const faults = faultsOf({ DATA_DIR: folder, SMTP_URL: 'http://user:password@x', MAIL_FROM: 'nobody' });
    expect(faults).toEqual([expect.stringMatching(/^SMTP_URL /), expect.stringMatching(/^MAIL_FROM /)]);
    expect(faults.join()).not.toContain('password');
  });

  it('lists every fault in one message', () => {
    const faults = faultsOf({
      DATA_DIR: folder,
      PORT: 'abc',
      ROLE: 'boss',
      DATABASE_URL: 'mysql://x',
      TOY_ID: '1',
    });
    expect(faults).toHaveLength(4);
    expect(faults.join('\n')).toMatch(/PORT.*\n.*DATABASE_URL.*\n.*ROLE.*\n.*TOY_SECRET is missing/s);
  });

  it('names the values that a declared variable may have', () => {
    expect(faultsOf({ DATA_DIR: folder, TOY_SIZE: 'huge' })).toEqual(['TOY_SIZE must be one of big, small']);
    expect(faultsOf({ DATA_DIR: folder, TOY_SIZE: 'big' })).toEqual([]);
  });

  it('shows no secret in a fault', () => {
    const faults = faultsOf({
      APP_SECRET: 'short-one',
      DATABASE_URL: 'mysql://user:pass@host/db',
      DATA_DIR: folder,
    });
    expect(faults.join(' ')).not.toMatch(/short-one|pass/);
    expect(faults).toHaveLength(2);
  });

  it('switches the sandbox off when a host is configured', () => {
    expect(readConfig({ DATA_DIR: folder, TOY_ID: '1', TOY_SECRET: '2' }, [GROUP])).toMatchObject({
      sandbox: false,
      declared: { TOY_ID: '1', TOY_SECRET: '2' },
    });
  });

  it.each([
    ['a missing secret', {}, 'APP_SECRET'],
    ['an example secret', { APP_SECRET: `changeme${SECRET}` }, 'example'],
    ['a sandbox', { APP_SECRET: SECRET, SANDBOX: 'on' }, 'SANDBOX'],
    ['no address', { APP_SECRET: SECRET }, 'PUBLIC_URL is missing'],
    ['plain http', { APP_SECRET: SECRET, PUBLIC_URL: 'http://dozhim.example' }, 'https'],
  ])('refuses %s in production', (_, extra, words) => {
    expect(faultsOf({ NODE_ENV: 'production', DATA_DIR: folder, ...extra }).join(' ')).toContain(words);
    expect(existsSync(path.join(folder, 'app-secret'))).toBe(false);
  });

  it('cannot be changed afterwards', () => {
    const config = readConfig({ DATA_DIR: folder });
    expect(() => Object.assign(config, { port: 1 })).toThrow();
  });
});
