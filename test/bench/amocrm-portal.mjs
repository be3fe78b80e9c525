// The simulated account in a process of its own.
import { writeFileSync } from 'node:fs';
import { startAmocrmPortal } from '../../dist/sandbox/amocrm/portal.js';
import { generateCompany } from '../../dist/sandbox/company/generator.js';
import { serve, settings } from './child.mjs';

const { deals, tls, limits, authorityFile } = settings;
const portal = await startAmocrmPortal({
  port: 0,
  tls,
  limits,
  company: generateCompany({ seed: 7, deals, language: 'ru', now: Date.now() }),
  seed: 7,
});
if (portal.authority !== null) writeFileSync(authorityFile, portal.authority);
process.once('SIGTERM', () => process.exit(0));
serve({ url: portal.url, control: portal.control });
