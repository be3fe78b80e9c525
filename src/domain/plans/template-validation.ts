import type { TemplateBody } from './template.types.js';
import type { TemplateFault } from './template-fault.js';
import { checkGraph } from './template-graph.js';
import { TEMPLATE_LIMITS } from './template-limits.js';
import { checkBody } from './template-shape.js';
import { templateWarnings } from './template-warnings.js';

export type TemplateValidation =
  | { readonly kind: 'valid'; readonly body: TemplateBody; readonly warnings: readonly TemplateFault[] }
  | {
      readonly kind: 'invalid';
      /** Errors only. */
      readonly faults: readonly TemplateFault[];
      /** The body when each part is sound and only what lies between them is not: a draft that may be kept. */
      readonly draft: TemplateBody | null;
    };

/**
 * Reads a template that comes from outside. Every fault (`TemplateFault` of template-fault.ts) is listed, up to a
 * hundred, in the order of the document; the body of a valid one holds the known fields only. Never throws.
 */
export function validateTemplate(value: unknown): TemplateValidation {
  const { body, faults } = checkBody(value);
  if (faults.length > 0 || body === null) return invalid(faults, null);
  const graph = checkGraph(body);
  if (graph.length > 0) return invalid(graph, body);
  return { kind: 'valid', body, warnings: templateWarnings(body).slice(0, TEMPLATE_LIMITS.faults) };
}

function invalid(faults: readonly TemplateFault[], draft: TemplateBody | null): TemplateValidation {
  return { kind: 'invalid', faults: faults.slice(0, TEMPLATE_LIMITS.faults), draft };
}
