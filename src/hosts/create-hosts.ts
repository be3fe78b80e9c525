import type { CrmHost, HostSurroundings } from '../contract/host.js';
import { HOST_ENTRIES } from './registry.js';

/** The hosts whose variables are set, by id. */
export function createHosts(
  values: Readonly<Record<string, string>>,
  surroundings: HostSurroundings,
): ReadonlyMap<string, CrmHost> {
  const hosts = HOST_ENTRIES.map((entry) => entry.create(values, surroundings));
  return new Map(hosts.flatMap((host) => (host ? [[host.id, host]] : [])));
}
