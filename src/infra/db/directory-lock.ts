import { createHash } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Two processes on one embedded database directory both open it and one's rows vanish silently, so a second one is
 * refused. The lock is a listening socket: the kernel drops it when the process dies, so kill -9 leaves nothing stale.
 * Returns the release.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const address = lockAddress(await realpath(directory));
  const server = createServer((connection) => connection.end(String(process.pid)));
  for (let attempt = 0; ; attempt++) {
    const fault = await listen(server, address);
    if (!fault) break;
    if (fault.code !== 'EADDRINUSE') throw fault;
    const owner = await ownerOf(address);
    if (owner || attempt > 0) {
      throw new Error(
        `the embedded database in ${directory} is in use by process ${owner ?? 'unknown'}: stop it, or set DATA_DIR`,
      );
    }
    // A socket file that a dead process left (only where sockets are files).
    await rm(address, { force: true });
  }
  server.unref();
  return () => new Promise((done) => server.close(() => done()));
}

function lockAddress(directory: string): string {
  const id = `dozhim-${createHash('sha256').update(directory).digest('hex').slice(0, 24)}`;
  if (process.platform === 'linux') return `\0${id}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${id}`;
  return path.join(tmpdir(), `${id}.sock`);
}

function listen(server: Server, address: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((done) => {
    const onError = (error: NodeJS.ErrnoException): void => done(error);
    server.once('error', onError).listen(address, () => {
      server.off('error', onError);
      done(null);
    });
  });
}

function ownerOf(address: string): Promise<string | null> {
  return new Promise((done) => {
    let text = '';
    createConnection(address)
      .on('data', (bytes) => (text += String(bytes)))
      .on('close', () => done(text || null))
      .on('error', () => done(null));
  });
}
