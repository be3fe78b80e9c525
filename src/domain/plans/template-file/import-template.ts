import type { Language, TemplateBody } from '../template.types.js';
import { validateTemplate } from '../template-validation.js';
import { describeFault, type DescribedFault } from './fault-words.js';
import { FILE_LIMITS, readText, type PlaceOf, type TextPlace } from './file-text.js';
import { schemaFaults } from './schema-faults.js';

/** A wrong place of a file: JSON pointer, line and column from 1, and what is wrong, in the reader's language. */
export interface TemplateFileFault {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type TemplateImport =
  /** Sound; `warnings` name what is worth a look. */
  | {
      readonly kind: 'read';
      readonly body: TemplateBody;
      readonly warnings: readonly TemplateFileFault[];
    }
  /** At most a hundred, in the order of the text. */
  | { readonly kind: 'faulty'; readonly faults: readonly TemplateFileFault[] };

/** Reads the text of an exported file. Untrusted: anything may stand in it. Never throws. */
export function importTemplate(text: string, language: Language): TemplateImport {
  const read = readText(text);
  if (read.kind === 'faulty') {
    const faults = read.faults.map((fault) => placedFault(fault, fault.place, language));
    return { kind: 'faulty', faults };
  }
  const inPlace = (faults: readonly DescribedFault[]) => placedFaults(faults, read.placeOf, language);
  const shape = schemaFaults(read.value);
  if (shape.length > 0) return { kind: 'faulty', faults: inPlace(shape) };
  const {
    $schema: _schema,
    format: _format,
    version: _version,
    ...body
  } = { ...Object(read.value) } as Fields;
  const validation = validateTemplate(body);
  if (validation.kind === 'invalid') return { kind: 'faulty', faults: inPlace(validation.faults) };
  return { kind: 'read', body: validation.body, warnings: inPlace(validation.warnings) };
}

type Fields = Readonly<Record<string, unknown>>;

function placedFaults(
  faults: readonly DescribedFault[],
  placeOf: PlaceOf,
  language: Language,
): readonly TemplateFileFault[] {
  return faults
    .map((fault) => ({ fault, place: placeOf(fault.path, fault.code === 'unknownField' ? 'name' : 'value') }))
    .toSorted((one, other) => one.place.line - other.place.line || one.place.column - other.place.column)
    .slice(0, FILE_LIMITS.faults)
    .map(({ fault, place }) => placedFault(fault, place, language));
}

function placedFault(fault: DescribedFault, place: TextPlace, language: Language): TemplateFileFault {
  const { line, column } = place;
  return { path: fault.path, line, column, message: describeFault(fault, language) };
}
