import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/** The built widget: beside `dist` in production and beside `src` in tests, which is the same folder. */
export const WIDGET_FOLDER = resolve(import.meta.dirname, '../../../dist-web');

let kept: { readonly text: string; readonly at: number } | null = null;

/** The widget's page as built; null while it is not built. Read again when it was built anew. */
export async function readSkeleton(): Promise<string | null> {
  const file = resolve(WIDGET_FOLDER, 'index.html');
  try {
    const at = (await stat(file)).mtimeMs;
    if (kept?.at !== at) kept = { text: await readFile(file, 'utf8'), at };
    return kept.text;
  } catch {
    return null;
  }
}
