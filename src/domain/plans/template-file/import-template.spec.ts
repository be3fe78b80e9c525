import { describe, expect, it } from '@jest/globals';
import { libraryTemplate, listLibrary } from '../library/library.js';
import type { TemplateBody } from '../template.types.js';
import { exportTemplate } from './export-template.js';
import { importTemplate } from './import-template.js';

function template(key = 'transactional', language: 'ru' | 'en' = 'en'): TemplateBody {
  const body = libraryTemplate(key, language);
  if (!body) throw new Error(`no ${key} in ${language}`);
  return body;
}

describe('domain/plans/template-file/import-template', () => {
  it.each(listLibrary())('reads back what was exported: $key in $language', ({ key, language }) => {
    const body = template(key, language);
    const { text, warnings } = exportTemplate(body);
    expect(warnings).toEqual([]);
    expect(importTemplate(text, 'en')).toEqual({ kind: 'read', body, warnings: [] });
  });
});
