import { describeFault } from '../../domain/plans/template-file/fault-words.js';
import { checkBody } from '../../domain/plans/template-shape.js';
import { validateTemplate } from '../../domain/plans/template-validation.js';
import type { Language, TemplateBody } from '../../domain/plans/types.js';
import { ApiError } from '../../infra/http/api-error.js';
import type { TemplateFaultView } from './templates.view.js';

/** A body from outside as far as it can be kept, and what is wrong with it. */
export interface ReadTemplate {
  readonly body: TemplateBody;
  readonly faults: readonly TemplateFaultView[];
}

/** Bytes of JSON; a hundred steps with full instructions in Cyrillic stay below. */
const MAX_BYTES = 512 * 1024;

/**
 * Reads an untrusted body for a draft: what is of the right kind is kept, the rest is told as a fault and replaced by
 * something harmless. Throws `ApiError` 422 for what is no template at all, 413 for what is too large.
 */
export function readDraft(value: unknown, language: Language): ReadTemplate {
  if (Buffer.byteLength(JSON.stringify(value) ?? '') > MAX_BYTES) throw tooLarge();
  const { body } = checkBody(value);
  if (body === null) throw noTemplate();
  return { body, faults: faultsOf(value, body, language) };
}

/** Every fault of a body, or every warning of a sound one. */
export function faultsOf(
  value: unknown,
  body: TemplateBody,
  language: Language,
): readonly TemplateFaultView[] {
  const validation = validateTemplate(value);
  const level = validation.kind === 'valid' ? 'warning' : 'error';
  const faults = validation.kind === 'valid' ? validation.warnings : validation.faults;
  return faults.map((fault) => ({
    level,
    ...placeOf(fault.path, body),
    message: describeFault(fault, language),
  }));
}

/** Throws `ApiError` 422 with the faults when the body must not plan anything. */
export function demandSound(value: unknown, body: TemplateBody, language: Language): TemplateBody {
  const validation = validateTemplate(value);
  if (validation.kind === 'valid') return validation.body;
  throw new ApiError(
    422,
    'template-faulty',
    {
      ru: 'В шаблоне есть ошибки: исправьте их и повторите.',
      en: 'The template has faults: mend them and try again.',
    },
    faultsOf(value, body, language),
  );
}

/** `/stages/2/steps/0/offset/amount` → the stage, the step and the field of it that the editor shows. */
function placeOf(
  path: string,
  body: TemplateBody,
): Pick<TemplateFaultView, 'stageKey' | 'stepKey' | 'field'> {
  const [root, stageAt, part, stepAt, field] = path.split('/').slice(1);
  const stage = root === 'stages' ? body.stages[Number(stageAt)] : undefined;
  if (!stage) return { stageKey: null, stepKey: null, field: root ?? null };
  const step = part === 'steps' ? stage.steps[Number(stepAt)] : undefined;
  if (!step) return { stageKey: stage.key, stepKey: null, field: part ?? null };
  return { stageKey: stage.key, stepKey: step.key, field: field ?? null };
}

/** Title of the step in which the place lies; null when it lies in none. */
export function stepTitleAt(path: string, body: TemplateBody): string | null {
  const { stageKey, stepKey } = placeOf(path, body);
  const stage = body.stages.find((each) => each.key === stageKey);
  return stage?.steps.find((step) => step.key === stepKey)?.title ?? null;
}

function noTemplate(): ApiError {
  return new ApiError(422, 'no-template', { ru: 'Это не шаблон.', en: 'This is no template.' });
}

function tooLarge(): ApiError {
  return new ApiError(413, 'too-large', {
    ru: 'Шаблон слишком большой: сократите тексты или число шагов.',
    en: 'The template is too large: shorten its texts or drop some steps.',
  });
}
