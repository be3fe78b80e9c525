import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Accounts } from '../../contract/accounts.js';
import type { SyncStatus } from '../../contract/sync-status.js';
import type { Changes } from '../../infra/changes.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Metrics } from '../../infra/metrics.js';
import { LiveStreams } from './live-streams.service.js';

const PERSON = { accountId: 'a', userId: '7', language: 'ru' } as unknown as SessionClaims;

/** A connection whose end was told before anybody listened. */
function goneWire(): { readonly socket: Socket; readonly raw: ServerResponse } {
  const parts = {
    destroyed: true,
    setNoDelay: () => undefined,
    writeHead: () => undefined,
    write: () => true,
  };
  return {
    socket: Object.assign(new EventEmitter(), parts) as unknown as Socket,
    raw: Object.assign(new EventEmitter(), parts) as unknown as ServerResponse,
  };
}

describe('src/features/plans/live-streams.service', () => {
  it('opens nothing for a reader who went away meanwhile: nothing would ever end it', async () => {
    let listeners = 0;
    let asked = 0;
    const changes = {
      subscribe: () => {
        listeners += 1;
        return () => undefined;
      },
    };
    const syncs = { of: async () => ((asked += 1), null) };
    const metrics = new Metrics();
    const streams = new LiveStreams(
      changes as unknown as Changes,
      syncs as unknown as SyncStatus,
      {} as unknown as Accounts,
      metrics,
    );
    streams.open(PERSON, 'D_1', goneWire());
    expect([listeners, asked]).toEqual([0, 0]);
    expect((await metrics.liveStreams.get()).values.map(({ value }) => value)).toEqual([0]);
  });
});
