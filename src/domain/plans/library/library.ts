import type { Language, TemplateBody } from '../template.types.js';
import { b2bTwelveStatus } from './b2b-twelve-status.js';
import { b2bTwelveStatusEn } from './b2b-twelve-status.en.js';
import { b2bTwelveStatusRu } from './b2b-twelve-status.ru.js';
import { assemble } from './edition.js';
import { transactional, transactionalEn, transactionalRu } from './transactional.js';

const bodies: readonly TemplateBody[] = [
  assemble(b2bTwelveStatus, b2bTwelveStatusRu, b2bTwelveStatusEn),
  assemble(b2bTwelveStatus, b2bTwelveStatusEn, b2bTwelveStatusRu),
  assemble(transactional, transactionalRu, transactionalEn),
  assemble(transactional, transactionalEn, transactionalRu),
];

export interface LibraryEntry {
  readonly key: string;
  readonly language: Language;
  readonly name: string;
  readonly description: string;
  readonly stageCount: number;
  readonly stepCount: number;
}

/** What the library offers, every template in every language. */
export function listLibrary(): readonly LibraryEntry[] {
  return bodies.map(({ key, language, name, description, stages }) => ({
    key,
    language,
    name,
    description,
    stageCount: stages.length,
    stepCount: stages.reduce((count, stage) => count + stage.steps.length, 0),
  }));
}

/** A ready template, valid by `validateTemplate`; null when the library has no such key in that language. */
export function libraryTemplate(key: string, language: Language): TemplateBody | null {
  return bodies.find((body) => body.key === key && body.language === language) ?? null;
}
