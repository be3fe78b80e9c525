import type { TemplateBody } from './template.types.js';
import { checkGraph } from './template-graph.js';
import { TEMPLATE_LIMITS, type TemplateFault } from './template-limits.js';
import { checkBody } from './template-shape.js';

export type TemplateValidation =
  | { readonly kind: 'valid'; readonly body: TemplateBody }
  | { readonly kind: 'invalid'; readonly faults: readonly TemplateFault[] };

/**
 * Reads a template that comes from outside. Every fault is listed, up to a hundred, in the order of the document; the
 * body of a valid one holds the known fields only. Never throws.
 */
export function validateTemplate(value: unknown): TemplateValidation {
  const { body, faults } = checkBody(value);
  if (faults.length > 0 || body === null) return invalid(faults);
  const graph = checkGraph(body);
  return graph.length > 0 ? invalid(graph) : { kind: 'valid', body };
}

function invalid(faults: readonly TemplateFault[]): TemplateValidation {
  return { kind: 'invalid', faults: faults.slice(0, TEMPLATE_LIMITS.faults) };
}
