import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';

const PROGRAM = path.join(import.meta.dirname, '../../dist/sandbox/main.js');

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly error: () => string;
  readonly ended: Promise<number | null>;
}

function run(...args: readonly string[]): Run {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { out: '', error: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (text.error += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, out: () => text.out, error: () => text.error, ended };
}

async function ready(started: Run): Promise<{ url: string; webhook: string; control: string; host: string }> {
  const until = Date.now() + 15_000;
  while (!started.out().includes('\n')) {
    if (Date.now() > until || started.child.exitCode !== null)
      throw new Error(`the sandbox said nothing: ${started.error()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return JSON.parse(started.out()) as { url: string; webhook: string; control: string; host: string };
}

/** The command as it is shipped: `npm test` builds before it tests. */
describe('test/sandbox-company/sandbox-command.spec.ts', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
    await stat(PROGRAM);
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('prints one line of JSON, answers, and ends cleanly; the next start finds the state again', async () => {
    const args = [
      '--port',
      '0',
      '--deals',
      '50',
      '--limits',
      'off',
      '--state',
      path.join(folder, 'state.gz'),
    ];
    const first = run(...args);
    const line = await ready(first);
    expect(line.host).toBe('bitrix24');
    const { data: state } = await axios.get<{ deals: number }>(`${line.control}/state`);
    expect(state.deals).toBe(50);
    await axios.post(`${line.webhook}crm.deal.add.json`, { fields: { TITLE: 'Over the restart' } });
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.out().trim().split('\n')).toHaveLength(1);

    const second = run(...args);
    const again = await ready(second);
    const { data } = await axios.get<{ result: { TITLE: string } }>(
      `${again.webhook}crm.deal.get.json?id=51`,
    );
    expect(data.result.TITLE).toBe('Over the restart');
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  it.each([
    [['--deals', 'many'], 'It must be a whole number from 1 to 1000000.'],
    [['--import', path.join('no', 'such', 'folder'), '--port', '0'], 'there is no such file'],
  ])('ends with 1 and a message for %j', async (args, message) => {
    const failed = run(...args);
    expect(await failed.ended).toBe(1);
    expect(failed.error()).toContain(message);
    expect(failed.out()).toBe('');
  });
});
