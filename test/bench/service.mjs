// The built service as `main` starts it, with the benchmark's portal admitted though it is local.
import 'reflect-metadata';
import { createApp } from '../../dist/create-app.js';
import { HOST_CONNECTIONS } from '../../dist/contract/connections.js';
import { createHosts } from '../../dist/hosts/create-hosts.js';
import { HOST_ENTRIES } from '../../dist/hosts/registry.js';
import { systemClock } from '../../dist/infra/clock.js';
import { readConfig } from '../../dist/infra/config/read-config.js';
import { createLogger, Log } from '../../dist/infra/log.js';
import { dropStartupGarbage, keepHeapTight } from '../../dist/infra/tight-heap.js';
import { Intake } from '../../dist/mirror/index.js';
import { serve, settings } from './child.mjs';

keepHeapTight();
const { portalUrl, storing = true, unlimited = false } = settings;
const config = readConfig(process.env, HOST_ENTRIES);
const log = new Log(createLogger(config.logLevel));
const hosts = createHosts(config.declared, {
  clock: systemClock,
  log,
  trustedOrigins: [portalUrl],
  publicUrl: config.publicUrl,
});
for (const host of hosts.values()) adjust(host);
const app = await createApp({ config, log, hosts });
// The same server without storage: everything else of the route stays.
if (!storing) app.get(Intake).accept = async () => undefined;
await app.listen(config.port, '127.0.0.1');
dropStartupGarbage();
serve({ url: config.publicUrl }, { call });

/** `times` requests to the host, `atOnce` under way. */
async function call({ accountId, times, atOnce }) {
  const client = await app.get(HOST_CONNECTIONS, { strict: false }).client(accountId);
  let left = times;
  const lane = async () => {
    while (left-- > 0) await client.readDeals(['D_1'], 'high');
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/**
 * `unlimited`: for accounts that count nothing and a host without a variable for that: its bucket is never waited for;
 * pauses stay.
 */
function adjust(host) {
  if (!unlimited) return;
  const connect = host.connect.bind(host);
  host.connect = (session, capabilities) => connect(unlimitedSession(session), capabilities);
}

function unlimitedSession(session) {
  return overlaid(session, { limits: overlaid(session.limits, { take: async () => undefined }) });
}

/** Not a copy: methods run on the real one, which has private fields. */
function overlaid(real, changes) {
  return new Proxy(real, {
    get(_, name) {
      if (name in changes) return changes[name];
      return typeof real[name] === 'function' ? real[name].bind(real) : real[name];
    },
  });
}
