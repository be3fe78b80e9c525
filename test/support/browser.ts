import { existsSync } from 'node:fs';
import { chromium, type Browser, type LaunchOptions } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
];

/**
 * Opens a headless Chromium: the one named by CHROMIUM_PATH, Debian's, an installed Chrome, or the one that comes inside an
 * npm package; the first found. Rejects with one message that names them all.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const args = [...FLAGS, ...(options.args ?? [])];
  const named = process.env['CHROMIUM_PATH'];
  if (named) return chromium.launch({ ...options, args, executablePath: named });
  if (existsSync('/usr/bin/chromium')) {
    return chromium.launch({ ...options, args, executablePath: '/usr/bin/chromium' });
  }
  try {
    return await chromium.launch({ ...options, args, channel: 'chrome' });
  } catch {
    return launchPackaged(options, args);
  }
}

async function launchPackaged(options: LaunchOptions, args: readonly string[]): Promise<Browser> {
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    const executablePath = await packaged.executablePath();
    return await chromium.launch({ ...options, args: [...packaged.args, ...args], executablePath });
  } catch (cause) {
    throw new Error('no browser: set CHROMIUM_PATH, or install Chromium or Chrome', { cause });
  }
}
