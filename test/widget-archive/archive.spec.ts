import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { archiveFaults, packArchive, serviceOrigin } from '../../scripts/widget-archive.mjs';

type Files = Record<string, Uint8Array>;

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDER = path.join(ROOT, 'widgets/amocrm');
const ORIGIN = 'https://app.example.com';

describe('test/widget-archive/archive', () => {
  it.each([false, true])('packs an archive without a fault (public: %s)', (isPublic) => {
    expect(archiveFaults(packArchive({ folder: FOLDER, appUrl: ORIGIN, isPublic }))).toEqual([]);
  });

  it('stamps nothing but the service’s origin and the support’s address', () => {
    const files = unzipSync(
      packArchive({ folder: FOLDER, appUrl: `${ORIGIN}/`, supportEmail: 'help@example.com' }),
    );
    const source = readFileSync(path.join(FOLDER, 'script.js'), 'utf8');
    expect(strFromU8(files['script.js'] ?? new Uint8Array())).toBe(
      source.replace('https://service.invalid', ORIGIN),
    );
    expect(manifestOf(files)['widget']).toMatchObject({
      support: { link: ORIGIN, email: 'help@example.com' },
    });
  });

  it('keeps the script short enough to be read by a moderator', () => {
    const lines = readFileSync(path.join(FOLDER, 'script.js'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(120);
  });

  it('puts the page into the left menu of a public integration only', () => {
    const places = [false, true].map((isPublic) => {
      const files = unzipSync(packArchive({ folder: FOLDER, appUrl: ORIGIN, isPublic }));
      const { locations, left_menu: menu, advanced } = manifestOf(files);
      return { locations, hasMenu: menu !== undefined, hasAdvanced: advanced !== undefined };
    });
    expect(places).toEqual([
      {
        locations: ['lcard-1', 'settings', 'advanced_settings', 'digital_pipeline', 'everywhere'],
        hasMenu: false,
        hasAdvanced: true,
      },
      {
        locations: ['lcard-1', 'settings', 'widget_page', 'digital_pipeline', 'everywhere'],
        hasMenu: true,
        hasAdvanced: false,
      },
    ]);
  });

  it.each([
    ['ftp://x.example', 'must be https'],
    ['http://app.example.com', 'must be https'],
    ['https://user:pass@app.example.com', 'only the origin'],
    ['https://app.example.com/path', 'only the origin'],
    ['nonsense', 'is not an address'],
  ])('refuses %s as the service’s address', (url, what) => {
    expect(() => serviceOrigin(url)).toThrow(what);
  });

  it.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://app.localhost:3000'])(
    'admits %s, which is this machine',
    (url) => {
      expect(serviceOrigin(url)).toBe(url);
    },
  );
});

describe('test/widget-archive/archive: what the host refuses', () => {
  const faulty: readonly (readonly [string, (files: Files) => void, string])[] = [
    ['a wrapping folder', wrap, 'dozhim/manifest.json: the files stand in a folder'],
    ['no manifest', (files) => void delete files['manifest.json'], 'manifest.json: is missing'],
    ['a manifest with comments', (files) => text(files, 'manifest.json', '{ // no\n}'), 'is not JSON'],
    ['a manifest that is a list', (files) => text(files, 'manifest.json', '[]'), 'is not an object'],
    ['an old interface', widget({ interface_version: 1 }), 'interface_version must be 2'],
    ['a wordy version', widget({ version: '1.0' }), 'version must be like 1.0.0'],
    ['a version that is no text', widget({ version: 1 }), 'version must be like 1.0.0'],
    ['no support', widget({ support: undefined }), 'support.email is missing'],
    ['no locales', widget({ locale: [] }), 'locale must be a list'],
    ['a code of its own', widget({ code: 'dozhim' }), 'widget.code is given by the host'],
    ['a key of its own', widget({ secret_key: 'x' }), 'manifest.json: names a secret'],
    ['an unknown location', manifest({ locations: ['lcard-1', 'kanban'] }), '"kanban" does not exist'],
    ['a right column of a page', manifest({ locations: ['settings-1'] }), 'have a right column'],
    ['a third kind of column', manifest({ locations: ['lcard-2'] }), 'have a right column'],
    ['no location', manifest({ locations: [] }), 'locations must be a list'],
    ['a page without a menu', manifest({ locations: ['widget_page'] }), 'needs the part "left_menu"'],
    ['a menu without a page', manifest({ left_menu: {} }), 'needs the location "widget_page"'],
    ['no settings', manifest({ settings: undefined }), 'settings is missing'],
    [
      'two settings of its own kind',
      manifest({ settings: { a: custom(), b: custom() } }),
      'at most one of type custom',
    ],
    [
      'an unknown kind of setting',
      manifest({ settings: { a: { ...custom(), type: 'date' } } }),
      'settings.a.type "date" does not exist',
    ],
    ['an action without an address', manifest({ dp: { action_multiple: false } }), 'dp.webhook_url must be'],
    ['an action that does not say how far', manifest({ dp: {} }), 'dp.action_multiple must be true or false'],
    [
      'an action without its logo',
      (files) => void delete files['images/logo_dp.png'],
      'logo_dp.png: is missing',
    ],
    ['no tour', manifest({ tour: undefined }), 'tour is missing'],
    ['a tour without its picture', (files) => void delete files['images/tour_ru.png'], 'images/tour_ru.png'],
    ['a missing language', (files) => void delete files['i18n/en.json'], 'i18n/en.json: is missing'],
    [
      'a language too many',
      (files) => void (files['i18n/es.json'] = files['i18n/en.json'] ?? new Uint8Array()),
      'i18n/es.json: widget.locale does not name it',
    ],
    [
      'a text in one language only',
      words('en', (all) => delete all['frame']),
      'en.json: has no "frame.title"',
    ],
    [
      'a text that the manifest names and nobody wrote',
      manifest({ advanced: { title: 'advanced.none' } }),
      'i18n/ru.json: has no "advanced.none", which the manifest uses',
    ],
    [
      'an empty text',
      words('ru', (all) => (all['advanced'] = { title: ' ' })),
      '"advanced.title" is not a text',
    ],
    [
      'a long name',
      words('ru', (all) => (all['widget'] = { name: 'Д'.repeat(31) })),
      '"widget.name" has 31 characters, at most 30',
    ],
    [
      'a Russian address in English',
      words('en', (all) => (all['advanced'] = { title: 'see example.ru' })),
      'names a .ru address',
    ],
    ['a text file that is no JSON', (files) => text(files, 'i18n/en.json', '{'), 'i18n/en.json: is not JSON'],
    ['no script', (files) => void delete files['script.js'], 'script.js: is missing'],
    [
      'a missing logo',
      (files) => void delete files['images/logo_min.png'],
      'images/logo_min.png: is missing',
    ],
    [
      'a logo of another size',
      (files) => void (files['images/logo.png'] = files['images/logo_min.png'] ?? new Uint8Array()),
      'images/logo.png: is 84×84 pixels, must be 130×100',
    ],
    ['a logo that is no PNG', (files) => text(files, 'images/logo.png', 'GIF89a…'), 'logo.png: is not a PNG'],
    [
      'a heavy picture',
      (files) => {
        const picture = files['images/logo_main.png'] ?? new Uint8Array();
        files['images/logo_main.png'] = new Uint8Array(Buffer.concat([picture, Buffer.alloc(300_000)]));
      },
      'logo_main.png: 309 kB, more than 300',
    ],
    [
      'a file that nothing uses',
      (files) => text(files, 'notes.txt', 'x'),
      'notes.txt: is no part of a widget',
    ],
    [
      'a picture that nothing uses',
      (files) => void (files['images/old.png'] = files['images/logo.png'] ?? new Uint8Array()),
      'images/old.png: nothing uses it',
    ],
    ['a source map', (files) => text(files, 'script.js.map', '{}'), 'script.js.map: is a source map'],
    ['a named source map', append('//# sourceMappingURL=script.js.map'), 'names a source map'],
    ['eval', append("eval('1')"), 'runs text as code (eval)'],
    ['eval by another way', append("window.eval('1')"), 'runs text as code (eval)'],
    ['a made function', append("new Function('return 1')()"), 'runs text as code (new Function)'],
    ['a timer over a text', append("setTimeout('go()', 1)"), 'runs text as code (setTimeout)'],
    ['the console', append("console.log('x')"), 'writes to the console (console.log)'],
    ['an alert', append("window.alert('x')"), 'stops the page (alert)'],
    ['a debugger', append('debugger'), 'stops in a debugger'],
    ['an added script', append("document.createElement('script')"), "createElement('script')"],
    ['a written script', append("$('body').append('<script src=x></' + 'script>')"), 'writes a <script>'],
    ['a fetched script', append("$.getScript('x')"), 'loads a script past define()'],
    ['calls in a loop', append('for (;;) { self.crm_post() }'), 'asks the server in a loop (crm_post)'],
    ['a changed host', append('APP.data.x = 1'), 'changes the host’s own object'],
    ['a changed window', append('window.APP = {}'), 'changes the host’s own object'],
    ['newer syntax', append('async function go() {}'), 'is not ES2015'],
    ['broken syntax', append('function ('), 'is not ES2015'],
    ['one long line', append(`const x = '${'x'.repeat(200)}'`), 'minified code is refused'],
    ['no define', (files) => text(files, 'script.js', 'var x = 1;\n'), 'does not call define()'],
    ['the placeholder', append('// https://service.invalid'), 'placeholder of the service’s address'],
    ['a known secret', append('// s3cret-of-the-integration'), 'script.js: contains a secret'],
    ['a token', append('// eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x'), 'contains a token'],
    ['foreign line ends', (files) => text(files, 'script.js', 'define(1);\r\n'), 'line ends other than LF'],
    [
      'a byte order mark',
      (files) => text(files, 'i18n/ru.json', `\uFEFF${read(files, 'i18n/ru.json')}`),
      'i18n/ru.json: begins with a byte order mark',
    ],
  ];

  it.each(faulty)('finds %s', (_what, spoil, expected) => {
    const files = { ...unzipSync(packArchive({ folder: FOLDER, appUrl: ORIGIN, isPublic: false })) };
    spoil(files);
    const faults = archiveFaults(zipSync(files), { secrets: ['s3cret-of-the-integration'] });
    expect(faults.join('\n')).toContain(expected);
  });

  it('says so when it is no archive at all', () => {
    expect(archiveFaults(strToU8('no zip'))).toEqual([expect.stringContaining('archive: is not a zip')]);
  });

  it('wants a higher version for changed files, and none for the same ones', () => {
    const before = packArchive({ folder: FOLDER, appUrl: ORIGIN });
    expect(archiveFaults(before, { previous: before })).toEqual([]);
    const elsewhere = packArchive({ folder: FOLDER, appUrl: 'https://other.example.com' });
    expect(archiveFaults(elsewhere, { previous: before })).toEqual([
      'manifest.json: widget.version is still 1.0.0; raise it above 1.0.0, the files have changed',
    ]);
    const files = { ...unzipSync(elsewhere) };
    widget({ version: '1.0.10' })(files);
    const raised = zipSync(files);
    expect(archiveFaults(raised, { previous: before })).toEqual([]);
    expect(archiveFaults(elsewhere, { previous: raised })[0]).toContain('raise it above 1.0.10');
  });
});

describe('test/widget-archive/archive: the command', () => {
  let folder = '';
  beforeAll(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'dozhim-widget-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(...args: readonly string[]) {
    const script = path.join(ROOT, 'scripts/widget-amocrm.mjs');
    return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  }

  it('writes the archive and says for whom it is', () => {
    const out = path.join(folder, 'new/widget.zip');
    const { status, stdout } = run('--app-url', ORIGIN, '--out', out);
    expect(status).toBe(0);
    expect(stdout).toContain(`for ${ORIGIN}, a private integration`);
    expect(archiveFaults(new Uint8Array(readFileSync(out)))).toEqual([]);
  });

  it.each([
    [['--app-url', 'ftp://x'], 'must be https'],
    [['--folder', '/nowhere/at/all'], '/nowhere/at/all'],
    [['--folder', path.join(FOLDER, 'i18n')], 'manifest.json: is missing'],
    [['--what'], '--what'],
  ])('answers %j with words and without an archive', (args, expected) => {
    const out = path.join(folder, 'none.zip');
    const { status, stderr } = run(...args, '--out', out);
    expect(status).toBe(1);
    expect(stderr).toContain(expected);
    expect(() => readFileSync(out)).toThrow('ENOENT');
  });
});

function text(files: Files, name: string, content: string): void {
  files[name] = strToU8(content);
}

function read(files: Files, name: string): string {
  return strFromU8(files[name] ?? new Uint8Array());
}

function manifestOf(files: Files): Record<string, unknown> {
  return JSON.parse(read(files, 'manifest.json')) as Record<string, unknown>;
}

function manifest(change: Record<string, unknown>) {
  return (files: Files): void =>
    text(files, 'manifest.json', JSON.stringify({ ...manifestOf(files), ...change }));
}

function widget(change: Record<string, unknown>) {
  return (files: Files): void => {
    const whole = manifestOf(files);
    manifest({ widget: { ...(whole['widget'] as object), ...change } })(files);
  };
}

function words(language: string, change: (all: Record<string, unknown>) => unknown) {
  return (files: Files): void => {
    const all = JSON.parse(read(files, `i18n/${language}.json`)) as Record<string, unknown>;
    change(all);
    text(files, `i18n/${language}.json`, JSON.stringify(all));
  };
}

function append(line: string) {
  return (files: Files): void => text(files, 'script.js', `${read(files, 'script.js')}${line}\n`);
}

function custom() {
  return { name: 'settings.custom', type: 'custom', required: false };
}

function wrap(files: Files): void {
  for (const [name, bytes] of Object.entries(files)) {
    files[`dozhim/${name}`] = bytes;
    delete files[name];
  }
}
