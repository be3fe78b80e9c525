import type { TemplateBody } from '../template.types.js';
import { portableBody, type PortableFault } from './portable-body.js';
import {
  TEMPLATE_FORMAT,
  TEMPLATE_FORMAT_VERSION,
  TEMPLATE_SCHEMA,
  TEMPLATE_SCHEMA_PATH,
} from './template-schema.js';

export interface ExportedTemplate {
  /** UTF-8 JSON, two spaces deep, keys always in the order of the schema; ends with a line feed. */
  readonly text: string;
  /** What had a meaning in this account only and was left out; for `describeFault`. */
  readonly warnings: readonly PortableFault[];
}

/**
 * Writes a template as a file for any account: equal templates make equal texts, and what `importTemplate` reads from
 * the text is the template again. `publicUrl` makes the link to the schema absolute, for editors that check as one types.
 */
export function exportTemplate(body: TemplateBody, publicUrl = ''): ExportedTemplate {
  const portable = portableBody(body);
  const file = {
    $schema: publicUrl.replace(/\/+$/, '') + TEMPLATE_SCHEMA_PATH,
    format: TEMPLATE_FORMAT,
    version: TEMPLATE_FORMAT_VERSION,
    ...portable.body,
  };
  return { text: `${JSON.stringify(file, [...fieldOrder], 2)}\n`, warnings: portable.warnings };
}

const fieldOrder = namesIn(TEMPLATE_SCHEMA);

/** Names of all fields of a schema, in its order. */
function namesIn(schema: unknown, names = new Set<string>()): ReadonlySet<string> {
  if (typeof schema !== 'object' || schema === null) return names;
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties') Object.keys(value as object).forEach((name) => names.add(name));
    namesIn(value, names);
  }
  return names;
}
