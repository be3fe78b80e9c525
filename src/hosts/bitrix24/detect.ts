import type { AccountCapabilities } from '../../contract/client.js';
import { isObject } from '../common/json.js';
import type { BatchAnswer } from './batch.js';
import { CallFault, type Persistence } from '../common/call-fault.js';
import type { RestClient } from './client.js';
import { flagOf, listOf } from '../common/values.js';

const GIVE_UP: readonly Persistence[] = ['never', 'doubtful'];

/** What the portal's plan and version and our scopes allow. A question that the portal refuses is answered "no". */
export async function detectCapabilities(client: RestClient): Promise<AccountCapabilities> {
  const answer = await client.batch([
    { key: 'scope', method: 'scope', params: {} },
    { key: 'offline', method: 'feature.get', params: { CODE: 'rest_offline_extended' } },
  ]);
  const scopes = scopesIn(answer);
  return {
    offlineQueue: featureIn(answer, 'offline'),
    robots: scopes.has('bizproc'),
    idempotentTaskWrites: (scopes.has('task') || scopes.has('tasks')) && (await hasRestV3Tasks(client)),
    departments: scopes.has('department'),
    stageHistory: scopes.has('crm'),
  };
}

function scopesIn(answer: BatchAnswer): ReadonlySet<string> {
  const part = answer.of('scope');
  if (part.kind === 'failed') throw part.fault;
  const scopes = part.kind === 'ok' ? listOf(part.value) : [];
  return new Set(scopes.filter((scope): scope is string => typeof scope === 'string'));
}

function featureIn(answer: BatchAnswer, key: string): boolean {
  const part = answer.of(key);
  return part.kind === 'ok' && isObject(part.value) && flagOf(part.value['value']);
}

/** REST 3.0 describes itself; the classic `method.get` does not know its methods. */
async function hasRestV3Tasks(client: RestClient): Promise<boolean> {
  try {
    const manner = { lane: 'high', repeatable: true, headers: {} } as const;
    const { result } = await client.callOnce('api/rest.documentation.openapi', {}, manner);
    const paths = isObject(result) && isObject(result['paths']) ? Object.keys(result['paths']) : [];
    return paths.some((path) => path.replace(/^.*\//, '') === 'tasks.task.add');
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    // A portal without REST 3.0 answers with 404 in one form or another, HTML included.
    if (GIVE_UP.includes(error.persistence) || error.executed) return false;
    throw error;
  }
}
