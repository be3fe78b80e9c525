import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { axiosTransport, WireFault } from './transport.js';

const TEXT = JSON.stringify({ name: 'Сделка «Ромашка»'.repeat(20_000) });

describe('src/hosts/common/transport.ts', () => {
  const transport = axiosTransport({ trusted: () => true });
  let server: Server | null = null;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function hostAnswering(listener: RequestListener): Promise<string> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  async function faultOf(url: string, timeoutMs = 5_000): Promise<unknown> {
    return transport.send({ method: 'GET', url }, timeoutMs).then(
      () => null,
      (error: unknown) => error,
    );
  }

  it.each([
    ['as it is', null, Buffer.from(TEXT)],
    ['packed with gzip', 'gzip', gzipSync(TEXT)],
    ['packed with brotli', 'br', brotliCompressSync(TEXT)],
    ['behind a byte order mark', null, Buffer.from(`\ufeff${TEXT}`)],
  ] as const)('reads a long body %s', async (_how, encoding, body) => {
    const url = await hostAnswering((_request, response) => {
      if (encoding) response.setHeader('content-encoding', encoding);
      response.end(body);
    });
    const [one, other] = await Promise.all([1, 2].map(() => transport.send({ method: 'GET', url }, 5_000)));
    expect(one?.body === TEXT && other?.body === TEXT).toBe(true);
  });

  it('sends method, headers and body, and follows no redirect', async () => {
    const heard: unknown[] = [];
    const url = await hostAnswering((request, response) => {
      void Array.fromAsync<Buffer>(request).then((chunks) => {
        const { method, headers } = request;
        heard.push(method, headers['content-type'], headers['x-own'], Buffer.concat(chunks).toString());
        response.writeHead(302, { location: 'https://elsewhere.example/' }).end();
      });
    });
    const body = { contentType: 'application/json', text: '{"имя":1}', headers: { 'x-own': 'y' } } as const;
    const answer = await transport.post(url, body, 5_000);
    expect(answer).toMatchObject({ status: 302, location: 'https://elsewhere.example/', body: '' });
    expect(heard).toStrictEqual(['POST', 'application/json', 'y', '{"имя":1}']);
  });

  it.each([
    ['before the answer', (): undefined => undefined],
    ['in the middle of the body', (response: Parameters<RequestListener>[1]) => void response.write('{"a":')],
  ] as const)('gives a host up that stands still %s', async (_when, begin) => {
    const url = await hostAnswering((_request, response) => begin(response));
    expect(await faultOf(url, 150)).toMatchObject({ timedOut: true, sent: true });
  });

  it('says that a cut answer is none', async () => {
    const url = await hostAnswering((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"a":');
      setTimeout(() => response.destroy(), 20);
    });
    const fault = await faultOf(url);
    expect(fault).toBeInstanceOf(WireFault);
    expect(fault).toMatchObject({ timedOut: false, sent: true });
  });

  it('gives up an answer that has no end', async () => {
    const million = Buffer.alloc(1_000_000, ' ');
    const url = await hostAnswering((_request, response) => {
      const pour = (): void => {
        while (response.write(million));
        response.once('drain', pour);
      };
      pour();
    });
    expect(await faultOf(url, 30_000)).toMatchObject({ code: 'too large', timedOut: false, sent: true });
  });

  it('sends nothing when the connection stands too late, on a new connection and on a kept one', async () => {
    const heard: string[] = [];
    let connections = 0;
    const url = await hostAnswering((request, response) => {
      void Array.fromAsync<Buffer>(request).then((chunks) => {
        heard.push(Buffer.concat(chunks).toString());
        response.end();
      });
    });
    server?.on('connection', () => (connections += 1));
    const asked: number[] = [];
    const write = (text: string, isInTime: boolean): Promise<unknown> => {
      const stillInTime = (): boolean => {
        asked.push(connections);
        return isInTime;
      };
      const body = { contentType: 'application/json', text } as const;
      return transport
        .send({ method: 'POST', url, body, stillInTime }, 5_000)
        .catch((error: unknown) => error);
    };
    const tooLate = { code: 'ELATE', sent: false, timedOut: false };
    expect(await write('"a"', false)).toMatchObject(tooLate);
    expect(await write('"b"', true)).toMatchObject({ status: 200 });
    expect(await write('"c"', true)).toMatchObject({ status: 200 });
    expect(await write('"d"', false)).toMatchObject(tooLate);
    expect(await write('"e"', true)).toMatchObject({ status: 200 });
    expect(heard).toEqual(['"b"', '"c"', '"e"']);
    expect([asked.length, asked.at(-1)]).toEqual([5, connections]);
  });

  it('knows when nothing was sent', async () => {
    const url = await hostAnswering((_request, response) => response.end());
    server?.closeAllConnections();
    server?.close();
    server = null;
    expect(await faultOf(url)).toMatchObject({ code: 'ECONNREFUSED', sent: false });
  });
});
