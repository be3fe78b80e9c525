import axios from 'axios';

export interface DocumentedRoute {
  readonly method: string;
  /** With `{names}` in the places of ids. */
  readonly path: string;
  readonly parameters: readonly string[];
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** Every route of the widget's API as the service itself documents it: what is added later is crawled by itself. */
export async function documentedRoutes(url: string): Promise<readonly DocumentedRoute[]> {
  const { data } = await axios.get<OpenApi>(`${url}/docs`);
  return Object.entries(data.paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .filter((method) => METHODS.has(method))
      .map((method) => ({
        method,
        path,
        parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''),
      })),
  );
}

/** The path with ids in place; a name without an id is a hole in the test and says so. */
export function withIds(route: DocumentedRoute, ids: Readonly<Record<string, string>>): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`the test knows no id for {${name}} of ${route.path}`);
    return encodeURIComponent(id);
  });
}

const REASON = { reason: 'причина для проверки' };

/** By the end of the path. */
const BODIES: readonly (readonly [end: string, body: object])[] = [
  ['/skip', REASON],
  ['/fail', { cause: 'client', ...REASON }],
  ['/reschedule', { dueAt: '2027-01-11T09:00:00Z', ...REASON }],
  ['/reassign', { userId: '1' }],
  ['/pause', REASON],
  ['/draft', { body: {}, revision: 0 }],
  ['/publish', { revision: 1 }],
  ['/intake', { stageIds: [] }],
  ['/snooze', { until: '2027-01-11', reasonKey: 'notNow' }],
  ['/override', { stageKey: 'first', ...REASON }],
];

/** By a part inside the path. */
const INNER: readonly (readonly [part: string, body: object])[] = [
  ['/rules/', {}],
  ['/day/items/', { kind: 'done' }],
  ['/day/prompts/', { action: 'lowerPriority' }],
];

/** A body that each route would accept, so that nothing but the caller is a reason to refuse. */
export function bodyFor(path: string): object {
  const known = (BODIES.find(([end]) => path.endsWith(end)) ??
    INNER.find(([part]) => path.includes(part)))?.[1];
  if (known) return known;
  if (path.endsWith('/template'))
    return { templateKey: 'transactional', language: 'ru', existingDeals: false };
  if (path.endsWith('/answer')) return { kind: 'done' };
  if (path.endsWith('/dry-run')) return { pipelineId: 'D_0' };
  if (/\/migration(\/preview)?$/.test(path)) return { toVersion: 1 };
  if (path.endsWith('/preview')) return { dealId: 'D_1' };
  if (path.endsWith('/stage-map')) return { map: { entries: [] } };
  if (path.endsWith('/planned')) return { state: 'done' };
  if (path.endsWith('/preferences')) return { theme: 'dark' };
  if (path.endsWith('/schedule')) return { revision: 0, week: null, timeZone: null };
  if (path.includes('/absences/'))
    return { userId: '1', from: '2027-01-11', to: '2027-01-12', kind: 'trip', deputyId: null, revision: 1 };
  return {};
}
