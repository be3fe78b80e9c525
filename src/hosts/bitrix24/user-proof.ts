import type { FrameUser } from '../../contract/host.js';
import type { Clock } from '../../domain/crm/time.js';
import { isObject } from '../common/json.js';
import { readEnvelope } from './answers.js';
import { type Command, type CommandAnswer, readBatch, toCommandStrings } from './batch.js';
import { CallFault } from '../common/call-fault.js';
import type { Surroundings } from './client.js';
import type { Application } from './oauth.js';
import { persist } from '../common/patience.js';
import { flagOf, idOf, textOf } from '../common/values.js';
import { WireFault } from '../common/transport.js';

export interface UserAnswer {
  readonly user: FrameUser;
  /** False while the portal waits for the installer page to finish. */
  readonly installed: boolean;
}

interface Proof {
  readonly application: Application;
  readonly surroundings: Surroundings;
  readonly clock: Clock;
}

const COMMANDS: readonly Command[] = [
  { key: 'user', method: 'profile', params: {} },
  { key: 'app', method: 'app.info', params: {} },
];
/** A person waits in front of the frame. */
const TIMEOUT_MS = 10_000;

/**
 * Asks a portal that we trust whose token this is and how far our installation there is. `moved`: the portal answers
 * from another address now. Throws `CallFault`.
 */
export async function askAsUser(
  endpoint: string,
  token: string,
  proof: Proof,
): Promise<UserAnswer | 'moved'> {
  const { transport, patience } = proof.surroundings;
  const text = JSON.stringify({ halt: 0, cmd: toCommandStrings(COMMANDS), auth: token });
  const body = { contentType: 'application/json' as const, text };
  return persist(async () => {
    const timeoutMs = Math.min(TIMEOUT_MS, patience.requestTimeoutMs);
    const answer = await transport.post(`${endpoint}batch`, body, timeoutMs).catch((error: unknown) => {
      if (!(error instanceof WireFault)) throw error;
      throw new CallFault({ kind: 'unavailable', detail: error.code }, 'doubtful', true, '', 'profile');
    });
    if (answer.status >= 300 && answer.status < 400) return 'moved' as const;
    try {
      const now = proof.clock.now();
      const parts = readBatch(readEnvelope(answer, 'profile', now), COMMANDS, now);
      return readAnswer(parts.of('user'), parts.of('app'), proof.application);
    } catch (error) {
      throw soonGivenUp(error);
    }
  }, patience);
}

/** Somebody is looking at an empty frame: a few seconds of trying are enough. */
function soonGivenUp(error: unknown): unknown {
  if (!(error instanceof CallFault) || error.persistence === 'never') return error;
  return new CallFault(error.failure, 'doubtful', error.executed, error.code, error.method);
}

function readAnswer(profile: CommandAnswer, app: CommandAnswer, application: Application): UserAnswer {
  if (profile.kind === 'failed') throw profile.fault;
  const fields = profile.kind === 'ok' && isObject(profile.value) ? profile.value : {};
  const id = idOf(fields['ID']);
  if (id === null) {
    throw new CallFault(
      { kind: 'unavailable', detail: 'a profile without an id' },
      'doubtful',
      true,
      '',
      'profile',
    );
  }
  const info = app.kind === 'ok' && isObject(app.value) ? app.value : {};
  // A local application's code is its client id: a token of another one proves its user to that one, not to us.
  const code = textOf(info['CODE']);
  if (
    code?.startsWith('local.') &&
    application.clientId.startsWith('local.') &&
    code !== application.clientId
  ) {
    throw new CallFault(
      { kind: 'forbidden', scope: 'a token of another application' },
      'never',
      false,
      '',
      'app.info',
    );
  }
  const name = [textOf(fields['NAME']), textOf(fields['LAST_NAME'])]
    .filter((part) => part !== null)
    .join(' ');
  return {
    user: { id, name: name || id, admin: flagOf(fields['ADMIN']), timeZone: textOf(fields['TIME_ZONE']) },
    installed: info['INSTALLED'] === undefined || flagOf(info['INSTALLED']),
  };
}
