import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** What a blind or colour-blind person would stumble over in the frame, one line each. */
export async function stumblings(frame: Frame): Promise<readonly string[]> {
  // Evaluated over the debugging protocol: the page's policy lets no script of a tag in.
  await frame.evaluate(source);
  const result = await frame.evaluate<AxeResult>(
    `axe.run(document, { resultTypes: ['violations'], runOnly: ${JSON.stringify(TAGS)} })`,
  );
  return result.violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.html} ${node.failureSummary}`),
  );
}
