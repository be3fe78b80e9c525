import type { WidgetFiles } from './widget-shelf.js';

const IMAGES: Readonly<Record<string, readonly [number, number]>> = {
  logo_main: [400, 272],
  logo_small: [108, 108],
  logo: [130, 100],
  logo_medium: [240, 84],
  logo_min: [84, 84],
};
const IMAGE_BYTES = 300 * 1024;
const LOCATIONS =
  /^(?:(?:[lc]card|comcard|cucard|llist|clist|culist|tlist|tline|tcalendar|card_sdk|catalogs)(?:-[01])?|settings|advanced_settings|digital_pipeline|lead_sources|whatsapp_modal|salesbot_designer|sms|mobile_card|amoforms|widget_page|personal_page|everywhere)$/u;

/** What the host refuses an archive for; nothing when it would take it. */
export function widgetFaults(files: WidgetFiles): readonly string[] {
  const manifest = parse(files, 'manifest.json');
  if (manifest === null) {
    const wrapped = [...files.keys()].some((name) => name.endsWith('/manifest.json'));
    return [
      wrapped
        ? 'the files stand in a folder, not at the root of the archive'
        : 'manifest.json is missing or is no JSON',
    ];
  }
  return [
    ...(files.has('script.js') ? [] : ['script.js is missing']),
    ...localeFaults(files, manifest),
    ...locationFaults(manifest),
    ...imageFaults(files),
  ];
}

function localeFaults(files: WidgetFiles, manifest: Tree): readonly string[] {
  const widget = isTree(manifest['widget']) ? manifest['widget'] : {};
  const locales = Array.isArray(widget['locale']) ? widget['locale'].map(String) : [];
  if (locales.length === 0) return ['widget.locale names no language'];
  const shapes = locales.map((locale) => [locale, parse(files, `i18n/${locale}.json`)] as const);
  const missing = shapes.flatMap(([locale, texts]) =>
    texts === null ? [`i18n/${locale}.json is missing or is no JSON`] : [],
  );
  if (missing.length > 0) return missing;
  const [first, ...others] = shapes.map(
    ([locale, texts]) =>
      [
        locale,
        keysOf(texts ?? {})
          .sort()
          .join('\n'),
      ] as const,
  );
  return [
    ...others.flatMap(([locale, keys]) =>
      keys === first?.[1] ? [] : [`i18n/${locale}.json has other keys than ${first?.[0]}`],
    ),
    ...['name', 'description', 'short_description'].flatMap((name) => {
      const key = widget[name];
      const known = typeof key === 'string' && (first?.[1] ?? '').split('\n').includes(key);
      return known ? [] : [`widget.${name} names no text`];
    }),
  ];
}

function locationFaults(manifest: Tree): readonly string[] {
  const locations = manifest['locations'];
  if (!Array.isArray(locations) || locations.length === 0) return ['locations are missing'];
  const known = locations.filter((one): one is string => typeof one === 'string' && LOCATIONS.test(one));
  return known.length === locations.length ? [] : ['locations name a place that does not exist'];
}

function imageFaults(files: WidgetFiles): readonly string[] {
  return Object.entries(IMAGES).flatMap(([name, [width, height]]) => {
    const found = [...files].find(([file]) =>
      new RegExp(`^images/${name}\\.(png|jpe?g|gif)$`, 'u').test(file),
    );
    if (found === undefined) return [`images/${name} is missing`];
    const [file, bytes] = found;
    if (bytes.length > IMAGE_BYTES) return [`${file} is larger than 300 kB`];
    const size = file.endsWith('.png') ? pngSize(bytes) : null;
    if (size === null || (size[0] === width && size[1] === height)) return [];
    return [`${file} is ${size[0]} × ${size[1]}, not ${width} × ${height}`];
  });
}

/** From the header; 0 × 0 for what is no PNG. */
function pngSize(bytes: Buffer): readonly [number, number] {
  const png = bytes.length > 24 && bytes.subarray(12, 16).toString('latin1') === 'IHDR';
  return png ? [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] : [0, 0];
}

type Tree = Readonly<Record<string, unknown>>;

function parse(files: WidgetFiles, name: string): Tree | null {
  try {
    const parsed: unknown = JSON.parse(files.get(name)?.toString('utf8') ?? '');
    return isTree(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function keysOf(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    isTree(value) ? keysOf(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
