// The simulated portal in a process of its own.
import { writeFileSync } from 'node:fs';
import { startBitrix24Portal } from '../../dist/sandbox/bitrix24/portal.js';
import { generateCompany } from '../../dist/sandbox/company/generator.js';
import { serve, settings } from './child.mjs';

const { deals, tls, limits, authorityFile } = settings;
const portal = await startBitrix24Portal({
  port: 0,
  tls,
  limits,
  company: generateCompany({ seed: 7, deals, language: 'ru', now: Date.now() }),
  seed: 7,
});
if (portal.authority !== null) writeFileSync(authorityFile, portal.authority);
process.once('SIGTERM', () => process.exit(0));
serve({ url: portal.url, webhook: portal.webhook, control: portal.control });
