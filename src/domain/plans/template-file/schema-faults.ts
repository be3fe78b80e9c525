import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TemplateErrorCode } from '../template-fault.js';
import { pointerPart } from './file-text.js';
import { TEMPLATE_LIMITS } from '../template-limits.js';
import { TEMPLATE_SCHEMA } from './template-schema.js';

/** A place where a file breaks the schema. */
export interface SchemaFault {
  readonly path: string;
  readonly code: SchemaFaultCode;
  readonly params: Readonly<Record<string, string | number>>;
}

/** Those of the template's own reading, and a field that is not there. */
export type SchemaFaultCode = 'missing' | TemplateErrorCode;

const TYPE_CODES: Readonly<Record<string, SchemaFaultCode>> = {
  object: 'notAnObject',
  array: 'notAList',
  string: 'notText',
  number: 'notANumber',
  integer: 'notANumber',
  boolean: 'notABoolean',
};

let compiled: ValidateFunction | undefined;

/** Every place where a value breaks the published schema, in the order of the schema; none when it is sound. */
export function schemaFaults(value: unknown): readonly SchemaFault[] {
  // Compiled with the first file: most processes never read one.
  compiled ??= new Ajv2020({
    allErrors: true,
    discriminator: true,
    verbose: true,
    allowUnionTypes: true,
  }).compile(TEMPLATE_SCHEMA);
  if (compiled(shortened(value))) return [];
  return (compiled.errors ?? []).flatMap((error) => faultOf(error) ?? []);
}

/** One more than any list of a template may hold. */
const LONGEST_LIST = Math.max(TEMPLATE_LIMITS.steps, TEMPLATE_LIMITS.values) + 1;

/** The same with long lists cut: each wrong item of one list costs the validator as much as all before it together. */
function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shortened(part)]));
}

type Reader = (error: ErrorObject) => Omit<SchemaFault, 'path'> & { readonly below?: string };

const READERS: Readonly<Record<string, Reader>> = {
  required: ({ params }) => ({ code: 'missing', params: { name: text(params['missingProperty']) } }),
  additionalProperties: ({ params }) => {
    const name = text(params['additionalProperty']);
    return { code: 'unknownField', params: { name }, below: name };
  },
  type: (error) => {
    const type = text(error.params['type']);
    if (type === 'integer' && typeof error.data === 'number') return range(error);
    return { code: TYPE_CODES[type] ?? 'notTextOrNumber', params: {} };
  },
  const: ({ params }) => ({ code: 'unknownValue', params: { expected: text(params['allowedValue']) } }),
  enum: ({ params }) => ({ code: 'unknownValue', params: { expected: list(params['allowedValues']) } }),
  discriminator: ({ params, parentSchema }) => {
    const name = text(params['tag']);
    const code = params['error'] === 'mapping' ? 'unknownValue' : 'notText';
    return { code, params: { expected: tagsOf(parentSchema, name) }, below: name };
  },
  pattern: ({ schemaPath }) => {
    if (schemaPath.includes('/key/')) return { code: 'badKey', params: {} };
    return { code: schemaPath.includes('/time/') ? 'badTime' : 'empty', params: {} };
  },
  maxLength: ({ params }) => ({ code: 'tooLong', params: { limit: Number(params['limit']) } }),
  minItems: () => ({ code: 'empty', params: {} }),
  maxItems: ({ params }) => ({ code: 'tooMany', params: { limit: Number(params['limit']) } }),
  minimum: range,
  maximum: range,
};

function faultOf(error: ErrorObject): SchemaFault | null {
  const read = READERS[error.keyword]?.(error);
  if (!read) return null;
  const { below, ...fault } = read;
  return { ...fault, path: error.instancePath + (below === undefined ? '' : pointerPart(below)) };
}

function range({ parentSchema }: ErrorObject): Omit<SchemaFault, 'path'> {
  const { minimum = 0, maximum = 0, type } = (parentSchema ?? {}) as Bounds;
  return { code: 'outOfRange', params: { from: minimum, to: maximum, whole: type === 'integer' ? 1 : 0 } };
}

interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly type?: string;
}

function tagsOf(schema: unknown, tag: string): string {
  const variants = (schema as { oneOf?: { properties?: Record<string, { const?: unknown }> }[] }).oneOf ?? [];
  return variants.map((variant) => text(variant.properties?.[tag]?.const)).join(', ');
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function list(values: unknown): string {
  return Array.isArray(values) ? values.map(text).join(', ') : '';
}
