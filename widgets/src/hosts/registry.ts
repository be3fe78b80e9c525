import { BridgeFailure, type HostBridge, type OpenBridge } from './bridge.js';

/** One line a host. The modules load after the first paint where the session comes with the page. */
const hosts: Readonly<Record<string, () => Promise<{ readonly openBridge: OpenBridge }>>> = {
  bitrix24: () => import('./bitrix24.js'),
  amocrm: () => import('./amocrm.js'),
};

/** Opens the bridge of the host that the page was opened in. */
export async function openHostBridge(host: string, portalOrigin: string): Promise<HostBridge> {
  const load = hosts[host];
  if (!load) throw new BridgeFailure('outside', `no bridge to the host ${host}`);
  const { openBridge } = await load();
  return openBridge(portalOrigin);
}
