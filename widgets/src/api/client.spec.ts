import { describe, expect, it } from '@jest/globals';
import { ApiClient } from './client.js';
import { ApiFailure } from './failure.js';

interface Call {
  readonly path: string;
  readonly session: string | null;
  readonly key: string | null;
}

type Answer = Response | Error;

function clientOver(answers: Answer[], renew: () => Promise<string> = () => Promise.resolve('second')) {
  const calls: Call[] = [];
  const fake = (path: unknown, init?: RequestInit): Promise<Response> => {
    const headers = new Headers(init?.headers);
    calls.push({
      path: String(path),
      session: headers.get('authorization'),
      key: headers.get('idempotency-key'),
    });
    const answer = answers.shift() ?? new Error('nothing more to answer');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return {
    calls,
    api: new ApiClient({ session: 'first', renew, fetch: fake, retryPauseMs: 1 }),
  };
}

const json = (status: number, body: unknown): Response => Response.json(body, { status });
const expired = (): Response =>
  json(401, { error: { code: 'session-expired', message: '', requestId: 'r1' } });

describe('widgets/src/api/client', () => {
  it('renews an expired session once for all who wait, and repeats each call once', async () => {
    let renewals = 0;
    const { api, calls } = clientOver([expired(), expired(), json(200, 1), json(200, 2)], () => {
      renewals += 1;
      return new Promise((resolve) => setTimeout(() => resolve('second'), 5));
    });
    expect(await Promise.all([api.read('/a'), api.read('/b')])).toEqual([1, 2]);
    expect(renewals).toBe(1);
    expect(calls.map((call) => call.session)).toEqual([
      'Bearer first',
      'Bearer first',
      'Bearer second',
      'Bearer second',
    ]);
  });

  it('gives the server’s refusal up when the host brings no session', async () => {
    const { api } = clientOver([expired()], () => Promise.reject(new Error('silent portal')));
    await expect(api.read('/a')).rejects.toMatchObject({
      status: 401,
      code: 'session-expired',
      requestId: 'r1',
    });
  });

  it('repeats a write under one key while the way is broken, and a refusal never', async () => {
    const broken = clientOver([new TypeError('network'), json(503, {}), json(200, 'done')]);
    expect(await broken.api.write('POST', '/w')).toBe('done');
    expect(new Set(broken.calls.map((call) => call.key)).size).toBe(1);
    expect(broken.calls).toHaveLength(3);
    const refused = clientOver([
      json(409, { error: { code: 'stale', message: 'Changed.', requestId: 'r2' } }),
    ]);
    await expect(refused.api.write('POST', '/w')).rejects.toMatchObject({
      status: 409,
      message: 'Changed.',
      readable: true,
    });
    expect(refused.calls).toHaveLength(1);
  });

  it('gives up after four tries and says that nothing came back', async () => {
    const { api, calls } = clientOver([1, 2, 3, 4].map(() => new TypeError('network')));
    await expect(api.write('POST', '/w')).rejects.toMatchObject({ status: 0, code: 'network' });
    expect(calls).toHaveLength(4);
  });

  it('makes a clear failure of a proxy’s page', async () => {
    const html = (status: number): Response => new Response('<html>Bad gateway</html>', { status });
    const { api } = clientOver([html(502), html(200)]);
    await expect(api.read('/a')).rejects.toMatchObject({ status: 502, code: 'http-502', readable: false });
    const failure = await api.read('/a').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiFailure);
    expect(failure).toMatchObject({ code: 'bad-answer' });
  });
});
