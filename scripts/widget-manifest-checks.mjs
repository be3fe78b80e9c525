// The manifest and the texts of a widget archive against what the host takes.

const CARDS = ['lcard', 'ccard', 'comcard', 'cucard'];
const LISTS = ['llist', 'clist', 'culist', 'tlist'];
const COLUMNS = new Set([...CARDS, ...LISTS]);
const LOCATIONS = new Set([
  ...COLUMNS,
  ...['tline', 'tcalendar', 'settings', 'advanced_settings', 'card_sdk', 'catalogs', 'digital_pipeline'],
  ...['lead_sources', 'whatsapp_modal', 'salesbot_designer', 'sms', 'mobile_card', 'amoforms', 'widget_page'],
  ...['personal_page', 'everywhere'],
]);
const SETTING_TYPES = new Set(['text', 'pass', 'users', 'users_lp', 'custom']);
/** What only a location needs, and the location that needs it. */
const PAIRS = [
  ['advanced_settings', 'advanced'],
  ['widget_page', 'left_menu'],
  ['digital_pipeline', 'dp'],
];
const LIMITS = { 'widget.name': 30, 'widget.short_description': 60, 'widget.description': 400 };
const KNOWN_FILE =
  /^(manifest\.json|script\.js|style\.css|i18n\/[a-z]{2}\.json|templates\/[\w-]+\.twig|images\/[\w-]+\.(png|jpe?g|gif|svg))$/;
const USUAL_PICTURE = /^images\/logo(_main|_small|_medium|_min|_dp)?\.png$/;

/** `file: what` for each fault. `texts` are the text files by name, `names` all files. */
export function manifestFaults(texts, names) {
  const manifest = parsed(texts.get('manifest.json'));
  if (manifest.fault) return [`manifest.json: ${manifest.fault}`];
  const { value } = manifest;
  const locales = localesOf(texts);
  return [
    ...widgetFaults(value.widget ?? {}),
    ...placeFaults(value),
    ...settingFaults(value),
    ...automationFaults(value.dp),
    ...tourFaults(value.tour, names),
    ...localeFaults(value, texts, locales),
    ...fileFaults(value, names),
  ];
}

function parsed(text) {
  try {
    const value = JSON.parse(text ?? '');
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMap ? { value } : { fault: 'is not an object' };
  } catch (error) {
    return { fault: text === undefined ? 'is missing' : `is not JSON: ${error.message}` };
  }
}

function widgetFaults(widget) {
  const faults = [];
  if (widget.interface_version !== 2) faults.push('widget.interface_version must be 2');
  if (!/^\d+\.\d+\.\d+$/.test(widget.version ?? '')) faults.push('widget.version must be like 1.0.0');
  if (typeof widget.init_once !== 'boolean') faults.push('widget.init_once must be true or false');
  if (widget.installation !== true) faults.push('widget.installation must be true');
  if (!Array.isArray(widget.locale) || widget.locale.length === 0)
    faults.push('widget.locale must be a list');
  if (!/^https?:\/\/\S+$/.test(widget.support?.link ?? ''))
    faults.push('widget.support.link must be an address');
  if (!/^[^\s@]+@[^\s@]+$/.test(widget.support?.email ?? '')) faults.push('widget.support.email is missing');
  for (const key of ['code', 'secret_key']) {
    if (key in widget) faults.push(`widget.${key} is given by the host, not by the archive`);
  }
  return faults.map((what) => `manifest.json: ${what}`);
}

function placeFaults(manifest) {
  const { locations } = manifest;
  if (!Array.isArray(locations) || locations.length === 0) return ['manifest.json: locations must be a list'];
  const faults = [];
  const places = new Set();
  for (const location of locations.map(String)) {
    const [name, column, ...rest] = location.split('-');
    places.add(name);
    if (!LOCATIONS.has(name)) faults.push(`location "${location}" does not exist`);
    else if (column !== undefined && (!COLUMNS.has(name) || !/^[01]$/.test(column) || rest.length > 0)) {
      faults.push(`location "${location}": only cards and lists have a right column, -1 or -0`);
    }
  }
  for (const [place, part] of PAIRS) {
    if (places.has(place) && !manifest[part]) faults.push(`location "${place}" needs the part "${part}"`);
    if (!places.has(place) && manifest[part]) faults.push(`part "${part}" needs the location "${place}"`);
  }
  if (places.has('widget_page') && places.has('advanced_settings')) {
    faults.push('locations "widget_page" and "advanced_settings" show one page twice; use one of them');
  }
  return faults.map((what) => `manifest.json: ${what}`);
}

function settingFaults({ settings }) {
  if (typeof settings !== 'object' || settings === null) return ['manifest.json: settings is missing'];
  const faults = [];
  for (const [code, setting] of Object.entries(settings)) {
    if (!SETTING_TYPES.has(setting.type))
      faults.push(`settings.${code}.type "${setting.type}" does not exist`);
    if (typeof setting.required !== 'boolean') faults.push(`settings.${code}.required must be true or false`);
  }
  const own = Object.values(settings).filter((setting) => setting.type === 'custom');
  if (own.length > 1) faults.push('settings: at most one of type custom');
  return faults.map((what) => `manifest.json: ${what}`);
}

function automationFaults(dp) {
  if (dp === undefined) return [];
  const faults = [];
  if (typeof dp?.action_multiple !== 'boolean') faults.push('dp.action_multiple must be true or false');
  if (!/^https?:\/\/\S+$/.test(dp?.webhook_url ?? '')) faults.push('dp.webhook_url must be an address');
  return faults.map((what) => `manifest.json: ${what}`);
}

function tourFaults(tour, names) {
  if (tour?.is_tour !== true) return ['manifest.json: tour is missing'];
  const pictures = Object.values(tour.tour_images ?? {}).flat();
  if (pictures.length === 0) return ['manifest.json: tour.tour_images is empty'];
  return missing(pictures, names, 'tour.tour_images');
}

function missing(pictures, names, where) {
  return pictures
    .filter((picture) => !names.has(String(picture).replace(/^\//, '')))
    .map((picture) => `manifest.json: ${where} names ${picture}, which is not in the archive`);
}

/** Language → its texts, flat: `a.b` → text; null when the file is no JSON. */
function localesOf(texts) {
  const locales = new Map();
  for (const [file, text] of texts) {
    const [, language] = /^i18n\/([\w-]+)\.json$/.exec(file) ?? [];
    if (language) locales.set(language, flat(parsed(text).value));
  }
  return locales;
}

function flat(value, prefix = '') {
  if (value === undefined) return null;
  const result = new Map();
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'object' && inner !== null) {
      for (const [path, text] of flat(inner, `${prefix}${key}.`)) result.set(path, text);
    } else result.set(`${prefix}${key}`, inner);
  }
  return result;
}

function localeFaults(manifest, texts, locales) {
  const faults = [];
  const listed = new Set(manifest.widget?.locale ?? []);
  for (const language of listed) {
    if (!locales.has(language)) faults.push(`i18n/${language}.json: is missing, widget.locale names it`);
  }
  const every = new Set([...locales.values()].flatMap((of) => [...(of?.keys() ?? [])]));
  for (const [language, of] of locales) {
    const file = `i18n/${language}.json`;
    if (!listed.has(language)) faults.push(`${file}: widget.locale does not name it`);
    if (of === null) faults.push(`${file}: ${parsed(texts.get(file)).fault}`);
    else faults.push(...textFaults(file, language, of, every), ...keyFaults(file, of, manifest));
  }
  return faults;
}

function textFaults(file, language, of, every) {
  const faults = [...every].filter((key) => !of.has(key)).map((key) => `${file}: has no "${key}"`);
  for (const [key, text] of of) {
    if (typeof text !== 'string' || text.trim() === '') faults.push(`${file}: "${key}" is not a text`);
    else if (text.length > (LIMITS[key] ?? Infinity)) {
      faults.push(`${file}: "${key}" has ${text.length} characters, at most ${LIMITS[key]}`);
    }
    if (language === 'en' && /\.ru\b/.test(text)) faults.push(`${file}: "${key}" names a .ru address`);
  }
  return faults;
}

function keyFaults(file, of, manifest) {
  return keysUsed(manifest)
    .filter((key) => !of.has(key))
    .map((key) => `${file}: has no "${key}", which the manifest uses`);
}

function keysUsed({ widget = {}, settings, tour, advanced, left_menu: menu, dp }) {
  const named = (parts) => Object.values(parts ?? {}).map((part) => part?.name ?? part?.title);
  const submenus = Object.values(menu ?? {}).flatMap((item) => named(item?.submenu));
  const keys = [widget.name, widget.description, widget.short_description, tour?.tour_description];
  keys.push(
    advanced?.title,
    dp?.title,
    ...named(settings),
    ...named(dp?.settings),
    ...named(menu),
    ...submenus,
  );
  return keys.filter((key) => typeof key === 'string');
}

function fileFaults(manifest, names) {
  const faults = missing(
    Object.values(manifest.left_menu ?? {}).flatMap((item) => item?.icon ?? []),
    names,
    'left_menu',
  );
  if (!names.has('script.js')) faults.push('script.js: is missing');
  const used = JSON.stringify(manifest);
  for (const name of names) {
    if (name.endsWith('/')) continue;
    if (!KNOWN_FILE.test(name)) faults.push(`${name}: is no part of a widget; leave it out`);
    else if (name.startsWith('images/') && !USUAL_PICTURE.test(name) && !used.includes(name)) {
      faults.push(`${name}: nothing uses it; leave it out`);
    }
  }
  return faults;
}
