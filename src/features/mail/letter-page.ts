import type { Letter, LetterLine } from '../../contract/mail.js';

/** A letter with its places turned into addresses; what leads nowhere in this host has none. */
export interface PlacedLetter {
  readonly language: 'ru' | 'en';
  readonly subject: string;
  readonly letter: Letter;
  readonly hrefOf: (place: NonNullable<LetterLine['place']>) => string | null;
  readonly offUrl: string;
}

const OFF = {
  ru: 'Больше не присылать такие письма',
  en: 'Stop these letters',
} as const;

const FONT = 'font-family:-apple-system,Segoe UI,Roboto,Arial,sans-serif;color:#1f2a37';
const LINK = 'color:#1b6ac9;text-decoration:none';

/** The letter as HTML: styles stand in the elements, for mail programs drop everything else. All texts are escaped. */
export function htmlOf(placed: PlacedLetter): string {
  const { language, subject, letter, offUrl } = placed;
  const button = letter.button && buttonOf(placed, letter.button);
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">`,
    `<title>${escape(subject)}</title></head><body style="margin:0;padding:24px;background:#f4f6f8">`,
    `<div style="max-width:600px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px;${FONT}">`,
    `<h1 style="margin:0 0 12px;font-size:20px;line-height:1.3">${escape(subject)}</h1>`,
    `<p style="margin:0 0 16px;font-size:15px;line-height:1.5">${withBreaks(letter.intro)}</p>`,
    ...letter.sections.map((section) => sectionOf(placed, section)),
    button ?? '',
    `<p style="margin:24px 0 0;font-size:12px;color:#6b7785"><a href="${escape(offUrl)}" style="color:#6b7785">${OFF[language]}</a></p>`,
    '</div></body></html>',
  ].join('\n');
}

function sectionOf(placed: PlacedLetter, { title, lines }: Letter['sections'][number]): string {
  const head = title === null ? '' : `<h2 style="margin:16px 0 8px;font-size:16px">${escape(title)}</h2>`;
  const items = lines.map((line) => `<li style="margin:0 0 8px">${lineOf(placed, line)}</li>`);
  return `${head}<ul style="margin:0 0 8px;padding-left:20px;font-size:15px;line-height:1.45">${items.join('')}</ul>`;
}

function lineOf({ hrefOf }: PlacedLetter, { text, note, place }: LetterLine): string {
  const href = place ? hrefOf(place) : null;
  const said = href === null ? escape(text) : `<a href="${escape(href)}" style="${LINK}">${escape(text)}</a>`;
  if (note === undefined) return said;
  return `${said}<br><span style="font-size:13px;color:#566270">${withBreaks(note)}</span>`;
}

function buttonOf({ hrefOf }: PlacedLetter, { label, place }: NonNullable<Letter['button']>): string {
  const href = hrefOf(place);
  if (href === null) return '';
  const style = 'display:inline-block;padding:10px 18px;background:#1b6ac9;border-radius:6px;color:#ffffff';
  return `<p style="margin:20px 0 0"><a href="${escape(href)}" style="${style};text-decoration:none">${escape(label)}</a></p>`;
}

/** The same for programs and people who read plain text. */
export function textOf({ language, letter, hrefOf, offUrl }: PlacedLetter): string {
  const parts = [letter.intro];
  for (const { title, lines } of letter.sections) {
    const said = lines.flatMap(({ text, note, place }) => {
      const href = place ? hrefOf(place) : null;
      return [
        `• ${text}`,
        ...(note === undefined ? [] : [`  ${note}`]),
        ...(href === null ? [] : [`  ${href}`]),
      ];
    });
    parts.push([...(title === null ? [] : [title]), ...said].join('\n'));
  }
  const href = letter.button ? hrefOf(letter.button.place) : null;
  if (letter.button && href !== null) parts.push(`${letter.button.label}: ${href}`);
  parts.push(`--\n${OFF[language]}: ${offUrl}`);
  return parts.join('\n\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Titles of deals come from outside. */
function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function withBreaks(text: string): string {
  return escape(text).replaceAll('\n', '<br>');
}
