// The official SDK lists everything and stores nothing.
import { B24Hook } from '@bitrix24/b24jssdk';
import { serve, settings, usage } from './child.mjs';

const { webhook } = settings;

/** No limits, as for the product: the portal has none in this benchmark. */
const UNLIMITED = {
  rateLimit: { burstLimit: 1e9, drainRate: 1e9, adaptiveEnabled: false },
  adaptiveConfig: { enabled: false },
};

function connect() {
  const sdk = B24Hook.fromWebhookUrl(webhook.replace(/\/$/, ''), { restrictionParams: UNLIMITED });
  sdk.offClientSideWarning();
  return sdk;
}

async function fetchAll(sdk, list) {
  let rows = 0;
  for await (const page of sdk.actions.v2.fetchList.make(list)) rows += page.length;
  return rows;
}

serve(
  {},
  {
    async fetch({ lists }) {
      const sdk = connect();
      const before = usage().cpuSeconds;
      const startedAt = performance.now();
      const rows = [];
      for (const list of lists) rows.push(await fetchAll(sdk, list));
      const seconds = (performance.now() - startedAt) / 1000;
      return { rows, seconds, cpuSeconds: usage().cpuSeconds - before, peakMb: usage().peakMb };
    },
  },
);
