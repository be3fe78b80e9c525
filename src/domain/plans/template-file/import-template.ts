import type { Language, TemplateBody } from '../template.types.js';
import type { TemplateFault } from '../template-limits.js';
import { validateTemplate } from '../template-validation.js';
import { describeFault, type DescribedFault } from './fault-words.js';
import { FILE_LIMITS, pointerPart, readText, type PlaceOf } from './file-text.js';
import { schemaFaults } from './schema-faults.js';

/** A wrong place of a file: JSON pointer, line and column from 1, and what is wrong, in the reader's language. */
export interface TemplateFileFault {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type TemplateImport =
  | { readonly kind: 'read'; readonly body: TemplateBody }
  /** At most a hundred, in the order of the text. */
  | { readonly kind: 'faulty'; readonly faults: readonly TemplateFileFault[] };

/** Reads the text of an exported file. Untrusted: anything may stand in it. Never throws. */
export function importTemplate(text: string, language: Language): TemplateImport {
  const read = readText(text);
  if (read.kind === 'faulty') {
    return {
      kind: 'faulty',
      faults: read.faults.map((fault) => ({
        path: fault.path,
        ...fault.place,
        message: describeFault(fault, language),
      })),
    };
  }
  const shape = schemaFaults(read.value);
  if (shape.length > 0) return faulty(shape, read.placeOf, language);
  const {
    $schema: _schema,
    format: _format,
    version: _version,
    ...body
  } = read.value as Record<string, unknown>;
  const validation = validateTemplate(body);
  if (validation.kind === 'invalid') return faulty(validation.faults.map(pointed), read.placeOf, language);
  return { kind: 'read', body: validation.body };
}

function faulty(faults: readonly DescribedFault[], placeOf: PlaceOf, language: Language): TemplateImport {
  const placed = faults.map((fault) => {
    const place = placeOf(fault.path, fault.code === 'unknownField' ? 'name' : 'value');
    return { path: fault.path, ...place, message: describeFault(fault, language) };
  });
  placed.sort((one, other) => one.line - other.line || one.column - other.column);
  return { kind: 'faulty', faults: placed.slice(0, FILE_LIMITS.faults) };
}

function pointed({ path, code, detail }: TemplateFault): DescribedFault {
  const names = path.split(/[.[\]]+/).filter((name) => name !== '' && name !== '$');
  const params = { key: detail, limit: detail, name: detail, allowed: detail };
  return { path: names.map(pointerPart).join(''), code, params };
}
