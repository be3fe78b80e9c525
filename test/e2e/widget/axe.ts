import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What a blind or colour-blind person would stumble over in the frame, one line each. */
export async function stumblings(frame: Frame): Promise<readonly string[]> {
  // Evaluated over the debugging protocol: the page's policy lets no script of a tag in.
  await frame.evaluate(source);
  const found = await frame.evaluate<readonly Finding[]>(CHECK);
  return found.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html} ${node.failureSummary}`));
}

/**
 * Where something lies over a text in part, or a text is only an arrow, axe leaves its contrast open. There it is counted by
 * WCAG's own formula from the text's colour and the ground that it stands on: 4.5, and 3 for large letters.
 */
const CHECK = `(async () => {
  const result = await axe.run(document, { resultTypes: ['violations', 'incomplete'], runOnly: ${JSON.stringify(TAGS)} });
  const rgba = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return text.startsWith('color(') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a]; };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const groundOf = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((ground, layer) => over(layer, ground), [255, 255, 255, 1]);
  };
  const faint = result.incomplete.filter(({ id }) => id === 'color-contrast').flatMap(({ nodes }) => nodes).flatMap((one) => {
    const node = document.querySelector(one.target.at(-1));
    if (!node || !node.checkVisibility() || node.closest(':disabled, [aria-disabled="true"]')) return [];
    const style = getComputedStyle(node);
    const ground = groundOf(node);
    const [high, low] = [light(over(rgba(style.color), ground)), light(ground)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    return ratio >= (large ? 3 : 4.5) ? [] : [{ html: node.outerHTML.slice(0, 200), failureSummary: 'contrast ' + ratio.toFixed(2) }];
  });
  return [...result.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) })),
    { id: 'contrast', nodes: faint }];
})()`;
