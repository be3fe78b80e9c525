import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const DIST = path.resolve(import.meta.dirname, '../../dist-web');

interface ManifestChunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

export type Manifest = Readonly<Record<string, ManifestChunk>>;

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(path.join(DIST, '.vite/manifest.json'), 'utf8')) as Manifest;
}

/** Bytes of a built file after gzip at its best level. */
export function gzippedBytes(file: string): number {
  return gzipSync(readFileSync(path.join(DIST, file)), { level: 9 }).byteLength;
}

/** The scripts that these entries bring along, themselves included, without what they load later. */
export function scriptsOf(manifest: Manifest, entries: readonly string[]): readonly string[] {
  const files = new Set<string>();
  const queue = [...entries];
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const chunk = manifest[key];
    if (!chunk) throw new Error(`the widget's build has no ${key}`);
    if (files.has(chunk.file)) continue;
    files.add(chunk.file);
    queue.push(...(chunk.imports ?? []));
  }
  return [...files];
}

/** Sheets of the app's own pages, each loaded with its page only. */
export function areaSheets(): readonly string[] {
  return readdirSync(path.join(DIST, 'assets'))
    .filter((file) => /^area-.*\.css$/.test(file))
    .map((file) => `assets/${file}`);
}

export interface WidgetSize {
  /** Everything that comes before a seller sees the plan: entry, plan screen, the longer language. */
  readonly planScriptBytes: number;
  /** What comes after it, without the host's own SDK. */
  readonly laterScriptBytes: number;
  readonly cssBytes: number;
}

const PLAN = ['index.html', 'src/views/plan/plan-screen.vue', 'src/i18n/ru.json'];
const LATER = [
  'src/views/plan/extras.ts',
  'src/i18n/ru.more.json',
  'src/hosts/host-module.ts',
  'src/hosts/bitrix24.ts',
];

/** What a deal's card downloads, in bytes after gzip. */
export function widgetSize(): WidgetSize {
  const manifest = readManifest();
  const plan = scriptsOf(manifest, PLAN);
  const later = scriptsOf(manifest, LATER).filter((file) => !plan.includes(file));
  const sum = (files: readonly string[]): number =>
    files.reduce((bytes, file) => bytes + gzippedBytes(file), 0);
  const sheets = new Set(
    Object.values(manifest)
      .flatMap((chunk) => [...(chunk.css ?? []), ...(chunk.file.endsWith('.css') ? [chunk.file] : [])])
      .filter((file) => !areaSheets().includes(file)),
  );
  return { planScriptBytes: sum(plan), laterScriptBytes: sum(later), cssBytes: sum([...sheets]) };
}
