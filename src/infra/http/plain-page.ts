/**
 * A page of plain words, for a person who came where there is nothing else: nothing runs, nothing loads. `form` is HTML
 * of ours that stands below them.
 */
export function plainPage(language: 'ru' | 'en', title: string, text: string, form = ''): string {
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">',
    `<title>${title}</title></head><body><main><h1>${title}</h1><p>${text}</p>${form}</main></body></html>`,
  ].join('');
}
