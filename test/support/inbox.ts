import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EmbedAddresses } from '../../src/contract/client.js';
import type { HostRequest } from '../../src/contract/host.js';

export interface Inbox {
  readonly url: string;
  /** Oldest first. */
  readonly posted: HostRequest[];
  readonly addresses: EmbedAddresses;
  close(): Promise<void>;
}

/** Stands for our service: keeps what the host sends. */
export async function startInbox(): Promise<Inbox> {
  const posted: HostRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const [, , key] = url.pathname.split('/');
      posted.push({
        method: request.method ?? '',
        query: Object.fromEntries(url.searchParams),
        headers: {},
        contentType: request.headers['content-type'] ?? '',
        body: Buffer.concat(chunks),
        ...(key !== undefined && { key }),
      });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const addresses = {
    hook: `${url}/hook`,
    frame: `${url}/frame`,
    robot: `${url}/robot`,
    language: 'ru',
  } as const;
  return {
    url,
    posted,
    addresses,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
