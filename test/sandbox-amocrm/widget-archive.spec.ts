import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { zipSync } from 'fflate';
import { WidgetShelf } from '../../src/sandbox/amocrm/page/widget-shelf.js';

const IMAGES = path.resolve(import.meta.dirname, '../../widgets/amocrm/images');
const FIXTURE = path.join(import.meta.dirname, 'fixture-widget');

async function archive(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const entry of await readdir(FIXTURE, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = path.join(entry.parentPath, entry.name);
    files[path.relative(FIXTURE, full)] = await readFile(full);
  }
  for (const name of await readdir(IMAGES)) files[`images/${name}`] = await readFile(path.join(IMAGES, name));
  return files;
}

function upload(files: Record<string, Uint8Array>): () => unknown {
  return () => new WidgetShelf().upload('integration', Buffer.from(zipSync(files)));
}

describe('test/sandbox-amocrm/widget-archive', () => {
  it('takes a whole archive and reads its manifest and texts', async () => {
    const shelf = new WidgetShelf();
    const widget = shelf.upload('integration', Buffer.from(zipSync(await archive())));
    expect(Object.keys(widget.texts)).toEqual(['en', 'ru']);
    expect(shelf.get('integration')?.files.has('script.js')).toBe(true);
  });

  it('refuses what the host refuses: a wrapping folder, a missing language, odd keys, wrong images and places', async () => {
    const good = await archive();
    const wrapped = Object.fromEntries(
      Object.entries(good).map(([name, bytes]) => [`widget/${name}`, bytes]),
    );
    expect(upload(wrapped)).toThrow('not at the root');
    const { 'i18n/en.json': _english, ...oneLanguage } = good;
    expect(upload(oneLanguage)).toThrow('i18n/en.json is missing');
    expect(upload({ ...good, 'i18n/en.json': Buffer.from('{"widget":{"name":"x"}}') })).toThrow('other keys');
    const { 'images/logo_min.png': _logo, ...fewer } = good;
    expect(upload(fewer)).toThrow('images/logo_min is missing');
    expect(upload({ ...fewer, 'images/logo_min.png': good['images/logo.png'] ?? Buffer.alloc(0) })).toThrow(
      'not 84 × 84',
    );
    const manifest = Buffer.from(good['manifest.json'] ?? '')
      .toString('utf8')
      .replace('lcard-1', 'kanban');
    expect(upload({ ...good, 'manifest.json': Buffer.from(manifest) })).toThrow(
      'a place that does not exist',
    );
    expect(() => new WidgetShelf().upload('integration', Buffer.from('no zip'))).toThrow('no zip archive');
  });

  it('says so when there is nothing at the path', async () => {
    await expect(new WidgetShelf().put('integration', '/nowhere/at/all')).rejects.toThrow(
      'there is no widget',
    );
  });
});
