import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { widgetFaults } from './widget-check.js';

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 500;

/** A widget's files by their path inside the archive. */
export type WidgetFiles = ReadonlyMap<string, Buffer>;

export interface Widget {
  readonly files: WidgetFiles;
  readonly manifest: Readonly<Record<string, unknown>>;
  /** By language: `i18n/ru.json`. */
  readonly texts: Readonly<Record<string, unknown>>;
}

/** An archive the host would refuse; every fault in one message. */
export class WidgetError extends Error {}

/** Widgets that were uploaded, by integration. */
export class WidgetShelf {
  private readonly byIntegration = new Map<string, Widget>();

  get(integrationId: string): Widget | undefined {
    return this.byIntegration.get(integrationId);
  }

  /**
   * Takes a folder or a zip.
   *
   * @throws WidgetError when it is none, or the host would refuse it
   */
  async put(integrationId: string, source: string): Promise<Widget> {
    const found = await stat(source).catch(() => null);
    if (found === null) throw new WidgetError(`there is no widget at ${source}`);
    const files = found.isDirectory() ? await readFolder(source) : unpack(await readFile(source));
    return this.keep(integrationId, files);
  }

  /** Takes the bytes of a zip. */
  upload(integrationId: string, archive: Buffer): Widget {
    return this.keep(integrationId, unpack(archive));
  }

  private keep(integrationId: string, files: WidgetFiles): Widget {
    const faults = widgetFaults(files);
    if (faults.length > 0) throw new WidgetError(faults.join('; '));
    const texts = [...files].flatMap(([name, bytes]) => {
      const language = /^i18n\/(\w+)\.json$/u.exec(name)?.[1];
      return language === undefined
        ? []
        : [[language, JSON.parse(bytes.toString('utf8')) as unknown] as const];
    });
    const widget: Widget = {
      files,
      manifest: JSON.parse(files.get('manifest.json')?.toString('utf8') ?? '{}') as Widget['manifest'],
      texts: Object.fromEntries(texts),
    };
    this.byIntegration.set(integrationId, widget);
    return widget;
  }
}

function unpack(archive: Buffer): WidgetFiles {
  if (archive.length > MAX_BYTES) throw new WidgetError('the archive is larger than 10 MB');
  const files = new Map<string, Buffer>();
  let size = 0;
  const entries = tryUnzip(archive, (bytes) => (size += bytes) <= MAX_BYTES * 4);
  for (const [name, bytes] of Object.entries(entries)) {
    if (!name.endsWith('/')) files.set(name, Buffer.from(bytes));
  }
  if (files.size > MAX_FILES) throw new WidgetError(`more than ${MAX_FILES} files`);
  return files;
}

function tryUnzip(archive: Buffer, fits: (bytes: number) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(archive, { filter: (file) => fits(file.originalSize) });
  } catch {
    throw new WidgetError('the file is no zip archive');
  }
}

async function readFolder(root: string): Promise<WidgetFiles> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = new Map<string, Buffer>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const full = path.join(entry.parentPath, entry.name);
    files.set(path.relative(root, full).split(path.sep).join('/'), await readFile(full));
    if (files.size > MAX_FILES) throw new WidgetError(`more than ${MAX_FILES} files`);
  }
  return files;
}
