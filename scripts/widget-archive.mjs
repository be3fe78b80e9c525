// The amoCRM / Kommo widget archive: packed from `widgets/amocrm`, and everything that the host or its moderators refuse
// found before they do.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { manifestFaults } from './widget-manifest-checks.mjs';
import { scriptFaults } from './widget-script-checks.mjs';

const PLACEHOLDER = 'https://service.invalid';
const PLACEHOLDER_HOST = 'service.invalid';
const TEXT = /\.(json|js|css|twig|svg)$/;
const PUBLIC_ONLY = new Set(['images/menu.svg']);
/** Files of two packings are the same bytes. */
const EPOCH = new Date('2026-01-01T00:00:00Z');
const LARGEST_PICTURE = 300_000;
const SIZES = {
  'images/logo_main.png': [400, 272],
  'images/logo_small.png': [108, 108],
  'images/logo.png': [130, 100],
  'images/logo_medium.png': [240, 84],
  'images/logo_min.png': [84, 84],
  'images/logo_dp.png': [174, 109],
};
const TOUR_SIZE = [1188, 616];

/**
 * The archive's bytes. `appUrl` is where our service answers; `isPublic` puts the page into the left menu, which only a
 * published integration may have. Throws when the address cannot be one.
 */
export function packArchive({ folder, appUrl, isPublic = false, supportEmail }) {
  const origin = serviceOrigin(appUrl);
  const host = new URL(origin).hostname;
  const files = {};
  for (const file of filesIn(folder)) {
    if (file === 'manifest.public.json' || (!isPublic && PUBLIC_ONLY.has(file))) continue;
    const bytes = new Uint8Array(readFileSync(path.join(folder, file)));
    files[file] = TEXT.test(file) ? stamped(bytes, origin, supportEmail ?? `support@${host}`) : bytes;
  }
  if (isPublic) files['manifest.json'] = asPublic(files['manifest.json'], folder);
  return zipSync(files, { level: 9, mtime: EPOCH });
}

/** Only the origin: a path or a secret in the address would travel into every account. */
export function serviceOrigin(appUrl) {
  if (!URL.canParse(appUrl)) throw new Error(`--app-url: "${appUrl}" is not an address`);
  const url = new URL(appUrl);
  const local = /^(localhost|127\.0\.0\.1|\[::1\]|.+\.localhost)$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(local && url.protocol === 'http:')) {
    throw new Error(`--app-url: ${url.origin} must be https, a page of the host loads nothing else`);
  }
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash) {
    throw new Error('--app-url: only the origin is packed; give it without user, path and query');
  }
  return url.origin;
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

function stamped(bytes, origin, supportEmail) {
  const text = strFromU8(bytes)
    .replaceAll(PLACEHOLDER, origin)
    .replaceAll(`support@${PLACEHOLDER_HOST}`, supportEmail);
  return strToU8(text);
}

function asPublic(manifest, folder) {
  const extra = JSON.parse(readFileSync(path.join(folder, 'manifest.public.json'), 'utf8'));
  const { advanced: _, ...rest } = JSON.parse(strFromU8(manifest));
  return strToU8(`${JSON.stringify({ ...rest, ...extra }, null, 2)}\n`);
}

/**
 * Everything wrong with an archive, `file: what`, in the order of files; empty: the host takes it.
 * `secrets` are texts that must not be in it; `previous` is the archive that was uploaded before.
 */
export function archiveFaults(zip, { secrets = [], previous = null } = {}) {
  let files;
  try {
    files = unzipSync(zip);
  } catch (error) {
    return [`archive: is not a zip (${error.message})`];
  }
  if (!files['manifest.json']) return [layoutFault(Object.keys(files))];
  const texts = new Map();
  const faults = [];
  for (const [file, bytes] of Object.entries(files)) {
    faults.push(...byteFaults(file, bytes, secrets).map((what) => `${file}: ${what}`));
    if (TEXT.test(file)) texts.set(file, strFromU8(bytes));
  }
  faults.push(...manifestFaults(texts, new Set(Object.keys(files))));
  for (const [file, text] of texts) {
    if (file.endsWith('.js')) faults.push(...scriptFaults(text).map((what) => `${file}: ${what}`));
  }
  faults.push(...pictureFaults(files, texts));
  if (previous) faults.push(...versionFaults(files, previous));
  return faults;
}

function layoutFault(names) {
  const nested = names.find((name) => name.endsWith('/manifest.json'));
  if (!nested) return 'manifest.json: is missing';
  return `${nested}: the files stand in a folder; they must be at the root of the archive`;
}

function byteFaults(file, bytes, secrets) {
  const faults = [];
  if (file.endsWith('.map')) faults.push('is a source map');
  if (!TEXT.test(file)) return faults;
  const text = strFromU8(bytes);
  if (bytes[0] === 0xef && bytes[1] === 0xbb) faults.push('begins with a byte order mark');
  if (text.includes('\r')) faults.push('has line ends other than LF');
  if (text.includes(PLACEHOLDER_HOST)) faults.push('still has the placeholder of the service’s address');
  if (secrets.some((secret) => secret.length > 5 && text.includes(secret))) faults.push('contains a secret');
  if (/\beyJ[\w-]{10,}\.[\w-]{10,}\./.test(text)) faults.push('contains a token');
  if (/client_secret|secret_key|refresh_token/i.test(text)) faults.push('names a secret');
  return faults;
}

function pictureFaults(files, texts) {
  const faults = [];
  for (const [file, size] of Object.entries(SIZES)) {
    const isNeeded =
      file !== 'images/logo_dp.png' || texts.get('manifest.json').includes('"digital_pipeline"');
    if (!files[file] && isNeeded) faults.push(`${file}: is missing`);
    else if (files[file]) faults.push(...sizeFaults(file, files[file], size));
  }
  for (const file of tourPictures(texts.get('manifest.json'))) {
    if (files[file]) faults.push(...sizeFaults(file, files[file], TOUR_SIZE));
  }
  for (const [file, bytes] of Object.entries(files)) {
    if (file.startsWith('images/') && bytes.length > LARGEST_PICTURE) {
      faults.push(`${file}: ${Math.ceil(bytes.length / 1000)} kB, more than 300`);
    }
  }
  return faults;
}

function tourPictures(manifest) {
  try {
    const lists = Object.values(JSON.parse(manifest).tour?.tour_images ?? {});
    return lists.flat().map((file) => String(file).replace(/^\//, ''));
  } catch {
    return [];
  }
}

function sizeFaults(file, bytes, [width, height]) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isPng = bytes.length > 24 && view.getUint32(0) === 0x89504e47 && view.getUint32(12) === 0x49484452;
  if (!isPng) return [`${file}: is not a PNG`];
  const [is, isHigh] = [view.getUint32(16), view.getUint32(20)];
  return is === width && isHigh === height
    ? []
    : [`${file}: is ${is}×${isHigh} pixels, must be ${width}×${height}`];
}

function versionFaults(files, previous) {
  const before = unzipSync(previous);
  const same =
    Object.keys(before).length === Object.keys(files).length &&
    Object.entries(files).every(([file, bytes]) => before[file] && Buffer.compare(before[file], bytes) === 0);
  const versionOf = (of) => String(JSON.parse(strFromU8(of['manifest.json'])).widget?.version);
  const [was, is] = [versionOf(before), versionOf(files)];
  if (same || was.localeCompare(is, 'en', { numeric: true }) < 0) return [];
  return [`manifest.json: widget.version is still ${is}; raise it above ${was}, the files have changed`];
}
