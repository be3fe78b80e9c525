// Builds what is not built: the server into dist, the widget into dist-web. A stamp of the sources says what is fresh.
// Output goes to stderr: whoever prints a line of JSON on stdout keeps it for itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const PARTS = [
  {
    name: 'server',
    sources: ['src', '.swcrc', 'nest-cli.json', 'tsconfig.build.json', 'package-lock.json'],
    product: 'dist/main.js',
    command: ['nest', 'build'],
  },
  {
    name: 'widget',
    sources: ['widgets', 'vite.config.ts', 'package-lock.json'],
    product: 'dist-web/.vite/manifest.json',
    command: ['vite', 'build', '--logLevel', 'warn'],
  },
];
const STAMPS = 'node_modules/.cache/dozhim';

/** Content would be surer than times, and costs 0.1 s for this tree: a checkout sets all times anew. */
function fingerprint(sources) {
  const hash = createHash('sha256');
  for (const source of sources) if (existsSync(source)) addTo(hash, source);
  return hash.digest('hex');
}

function addTo(hash, file) {
  if (!statSync(file).isDirectory()) {
    hash.update(file).update(readFileSync(file));
    return;
  }
  for (const name of readdirSync(file).sort()) {
    if (!/^(node_modules|generated|\.DS_Store)$/.test(name)) addTo(hash, path.join(file, name));
  }
}

export function build() {
  mkdirSync(STAMPS, { recursive: true });
  for (const part of PARTS) {
    const stamp = path.join(STAMPS, `${part.name}.stamp`);
    const now = fingerprint(part.sources);
    if (existsSync(part.product) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) continue;
    process.stderr.write(`Building the ${part.name} …\n`);
    const done = spawnSync(part.command[0], part.command.slice(1), {
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
      env: {
        ...process.env,
        PATH: `${path.resolve('node_modules/.bin')}${path.delimiter}${process.env.PATH}`,
      },
    });
    if (done.status !== 0) {
      process.stderr.write(`The ${part.name} could not be built.\n`);
      process.exit(1);
    }
    writeFileSync(stamp, now);
  }
}

if (import.meta.main) build();
