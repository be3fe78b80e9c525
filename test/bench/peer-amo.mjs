// Another client of the host lists every lead, page by page as it is used, and stores nothing.
import { Amo } from '@shevernitskiy/amo';
import { serve, settings, usage } from './child.mjs';

const { url, credentials, token, limit, extras } = settings;

function connect() {
  const oauth = {
    token_type: 'Bearer',
    access_token: token.access,
    refresh_token: token.refresh,
    expires_in: token.expiresIn,
    expires_at: Date.now() + token.expiresIn * 1000,
  };
  // No pause between requests, as for the product: the account has no limits in this benchmark.
  return new Amo(new URL(url).host, { ...credentials, ...oauth }, { request_delay: 0 });
}

async function listLeads(amo) {
  let rows = 0;
  for (let page = 1; ; page++) {
    const answer = await amo.lead.getLeads({
      page,
      limit,
      with: extras,
      order: { param: 'id', type: 'asc' },
    });
    rows += answer._embedded.leads.length;
    if (answer._links.next === undefined) return rows;
  }
}

serve(
  {},
  {
    async fetch() {
      const amo = connect();
      const before = usage().cpuSeconds;
      const startedAt = performance.now();
      const rows = await listLeads(amo);
      const seconds = (performance.now() - startedAt) / 1000;
      return { rows, seconds, cpuSeconds: usage().cpuSeconds - before, peakMb: usage().peakMb };
    },
  },
);
