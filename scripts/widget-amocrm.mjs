// `npm run widget:amocrm [-- --app-url URL] [--public]`: packs `dist-web/widget.zip` for amoCRM and Kommo, and refuses to
// leave an archive there that the host or its moderators would refuse.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { archiveFaults, packArchive } from './widget-archive.mjs';

const HELP = `npm run widget:amocrm -- [options]
  --app-url URL        where the service answers (default: PUBLIC_URL, else http://localhost:3000)
  --public             for a published integration: the page stands in the left menu instead of the settings
  --support-email E    shown to people in trouble (default: support@ the service's own host)
  --previous FILE      the archive uploaded before: the version must have been raised since
  --folder DIR         what is packed (default: widgets/amocrm)
  --out FILE           default: dist-web/widget.zip`;

const ROOT = path.resolve(import.meta.dirname, '..');

function read() {
  try {
    return parseArgs({
      options: {
        'app-url': { type: 'string' },
        public: { type: 'boolean', default: false },
        'support-email': { type: 'string' },
        previous: { type: 'string' },
        folder: { type: 'string', default: path.join(ROOT, 'widgets/amocrm') },
        out: { type: 'string', default: path.join(ROOT, 'dist-web/widget.zip') },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail(`${error.message}\n\n${HELP}`);
  }
}

function fail(what) {
  process.stderr.write(`${what}\n`);
  process.exit(1);
}

const options = read();
if (options.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const appUrl = options['app-url'] ?? process.env.PUBLIC_URL ?? 'http://localhost:3000';
let zip;
let faults;
try {
  zip = packArchive({
    folder: options.folder,
    appUrl,
    isPublic: options.public,
    supportEmail: options['support-email'],
  });
  const secret = process.env.AMOCRM_CLIENT_SECRET;
  faults = archiveFaults(zip, {
    secrets: secret ? [secret] : [],
    previous: options.previous ? new Uint8Array(readFileSync(options.previous)) : null,
  });
} catch (error) {
  fail(error.message);
}
if (faults.length > 0)
  fail(`The archive would be refused:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
mkdirSync(path.dirname(options.out), { recursive: true });
writeFileSync(options.out, zip);
process.stdout.write(
  `${path.relative(process.cwd(), options.out)}: ${(zip.length / 1000).toFixed(0)} kB, for ${new URL(appUrl).origin}, ` +
    `${options.public ? 'a public integration' : 'a private integration'}\n`,
);
