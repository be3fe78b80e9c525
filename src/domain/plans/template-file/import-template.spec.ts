import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryTemplate } from '../../../../test/support/template-arbitrary.js';
import { libraryTemplate, listLibrary } from '../library/library.js';
import type { TemplateBody } from '../template.types.js';
import { validateTemplate } from '../template-validation.js';
import { exportTemplate } from './export-template.js';
import { importTemplate, type TemplateFileFault } from './import-template.js';
import { schemaFaults } from './schema-faults.js';

function template(key = 'transactional', language: 'ru' | 'en' = 'en'): TemplateBody {
  const body = libraryTemplate(key, language);
  if (!body) throw new Error(`no ${key} in ${language}`);
  return body;
}

const lines = exportTemplate(template()).text.split('\n');

/** The exported file with one line written otherwise; the line's number is what a fault should name. */
function withLine(from: string, to: string): { readonly text: string; readonly line: number } {
  const at = lines.findIndex((line) => line.includes(from));
  if (at < 0) throw new Error(`no line with ${from}`);
  const text = lines.map((line, other) => (other === at ? line.replace(from, to) : line)).join('\n');
  return { text, line: at + 1 };
}

function faultsOf(text: string, language: 'ru' | 'en' = 'en'): readonly TemplateFileFault[] {
  const read = importTemplate(text, language);
  return read.kind === 'faulty' ? read.faults : [];
}

describe('domain/plans/template-file/import-template', () => {
  it.each(listLibrary())('reads back what was exported: $key in $language', ({ key, language }) => {
    const body = template(key, language);
    const { text, warnings } = exportTemplate(body);
    expect(warnings).toEqual([]);
    expect(importTemplate(text, 'en')).toEqual({ kind: 'read', body, warnings: [] });
  });

  it('reads back any sound template, and writes it again by the same letters', () => {
    fc.assert(
      fc.property(arbitraryTemplate({ ownIds: false }), (body) => {
        fc.pre(validateTemplate(body).kind === 'valid');
        const { text, warnings } = exportTemplate(body);
        const read = importTemplate(text, 'ru');
        expect(warnings).toEqual([]);
        expect(read).toMatchObject({ kind: 'read', body });
        if (read.kind === 'read') expect(exportTemplate(read.body).text).toBe(text);
      }),
    );
  });

  it('reads back a template with ids of its account as the portable one', () => {
    fc.assert(
      fc.property(arbitraryTemplate({ ownIds: true }), (body) => {
        fc.pre(validateTemplate(body).kind === 'valid');
        const { text } = exportTemplate(body);
        expect(text).not.toMatch(/"host:|"userId"/);
        const read = importTemplate(text, 'ru');
        expect(read.kind).toBe('read');
        if (read.kind === 'read') expect(exportTemplate(read.body)).toEqual({ text, warnings: [] });
      }),
    );
  });

  it('holds nothing against what the template’s own check accepts', () => {
    fc.assert(
      fc.property(arbitraryTemplate({ ownIds: false }), (body) => {
        fc.pre(validateTemplate(body).kind === 'valid');
        expect(schemaFaults({ format: 'dozhim-template', version: 1, ...body })).toEqual([]);
      }),
    );
  });

  it('never throws, whatever the text, and names places inside it', () => {
    const source = lines.join('\n');
    const damage = fc.record({
      at: fc.nat(source.length),
      cut: fc.nat(40),
      put: fc.string({ maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (wounds) => {
        const text = wounds.reduce(
          (whole, { at, cut, put }) => whole.slice(0, at) + put + whole.slice(at + cut),
          source,
        );
        const rows = text.split('\n');
        for (const fault of faultsOf(text)) {
          expect(fault.message).not.toMatch(/undefined|NaN|\[object/);
          expect(fault.line).toBeGreaterThanOrEqual(1);
          expect(fault.line).toBeLessThanOrEqual(rows.length);
          expect(fault.column).toBeLessThanOrEqual((rows[fault.line - 1]?.length ?? 0) + 1);
        }
      }),
      // A comment that nobody ends.
      { numRuns: 150, examples: [[[{ at: 269, cut: 0, put: '/*' }]]] },
    );
    fc.assert(fc.property(fc.json(), (text) => expect(faultsOf(text).length).toBeGreaterThan(0)));
    fc.assert(fc.property(fc.string(), (text) => expect(faultsOf(text).length).toBeGreaterThan(0)));
  });

  it.each([
    ['"amount": 15', '"amount": "fifteen"', '/stages/0/steps/0/offset/amount', 'A number without quotes'],
    ['"amount": 15', '"amount": 9999999', '/stages/0/steps/0/offset/amount', 'from -1440000 to 1440000'],
    [
      '"durationMinutes": 10',
      '"durationMinutes": 1.5',
      '/stages/0/steps/0/durationMinutes',
      'A whole number',
    ],
    ['"kind": "dealResponsible"', '"kind": "nobody"', '/stages/0/steps/0/owner/kind', 'departmentHead'],
    ['"required": true', '"required": "yes"', '/stages/0/steps/0/required', 'true or false'],
    ['"reentry": "reopenUndone"', '"reentries": "x"', '/stages/0/steps/0/reentries', 'no field “reentries”'],
    ['"title": "Call about the new request"', '"title": "  "', '/stages/0/steps/0/title', 'empty'],
    ['"version": 1', '"version": 2', '/version', 'Possible: 1'],
    ['"format": "dozhim-template"', '"format": "other"', '/format', 'Possible: dozhim-template'],
    ['"language": "en"', '"language": "de"', '/language', 'Possible: ru, en'],
    ['"key": "new"', '"key": "Новый"', '/stages/0/key', 'Latin letters'],
    [
      '"stepKey": "first-contact"',
      '"stepKey": "no-such"',
      '/stages/0/steps/1/offset/anchor/stepKey',
      'no step',
    ],
    ['"key": "call-back"', '"key": "first-contact"', '/stages/0/steps/1/key', 'is taken'],
    ['"timeOfDay": "10:00"', '"timeOfDay": "25:00"', '/stages/3/steps/1/offset/timeOfDay', 'like 09:30'],
  ])('names the place of a wrong value: %s → %s', (from, to, path, words) => {
    const { text, line } = withLine(from, to);
    const fault = faultsOf(text).find((each) => each.path === path);
    expect(fault).toMatchObject({ line, message: expect.stringContaining(words) });
  });

  it('points at the value itself, and at the name of a field that should not be there', () => {
    const value = withLine('"required": true', '"required": "yes"');
    const [wrong] = faultsOf(value.text);
    expect(value.text.split('\n')[value.line - 1]?.slice((wrong?.column ?? 0) - 1)).toMatch(/^"yes"/);
    const name = withLine('"required": true', '"required": true, "urgent": true');
    const [unknown] = faultsOf(name.text);
    expect(name.text.split('\n')[name.line - 1]?.slice((unknown?.column ?? 0) - 1)).toMatch(/^"urgent"/);
  });

  it('points at the part that lacks a field', () => {
    const { text } = withLine('"durationMinutes": 10,', '');
    expect(faultsOf(text)).toEqual([
      expect.objectContaining({
        path: '/stages/0/steps/0',
        message: 'The field “durationMinutes” is missing.',
      }),
    ]);
  });

  it('says the same in Russian', () => {
    const { text, line } = withLine('"required": true', '"required": "yes"');
    expect(faultsOf(text, 'ru')).toEqual([
      {
        path: '/stages/0/steps/0/required',
        line,
        column: expect.any(Number),
        message: 'Здесь должно стоять true (да) или false (нет).',
      },
    ]);
  });

  it('lists the faults in the order of the text, a hundred at most', () => {
    const many = lines.join('\n').replaceAll('"required": true', '"required": "yes"');
    const places = faultsOf(many).map((fault) => fault.line);
    expect(places.length).toBeGreaterThan(5);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    const stages = JSON.stringify(Array.from({ length: 200 }, () => 1));
    expect(faultsOf(`{"format":"dozhim-template","version":1,"stages":${stages}}`)).toHaveLength(100);
  });

  it('reads a list without end at the price of a long one', () => {
    const steps = `[${'{},'.repeat(20_000)}{}]`;
    const started = performance.now();
    const found = faultsOf(`{"format":"dozhim-template","version":1,"stages":[{"steps":${steps}}]}`);
    // Quadratic validation takes ten seconds and more; a machine under load stays far below.
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(found).toContainEqual(
      expect.objectContaining({ path: '/stages/0/steps', message: expect.stringContaining('100') }),
    );
  });

  it('names one person of another CRM as something that a file cannot hold', () => {
    const { text } = withLine('"kind": "dealResponsible"', '"kind": "user", "userId": "7"');
    expect(faultsOf(text).map((fault) => fault.path)).toContain('/stages/0/steps/0/owner/kind');
  });

  it('passes warnings on with their places', () => {
    const { text, line } = withLine(
      '"title": "Call back as agreed"',
      '"title": "Call about the new request"',
    );
    expect(importTemplate(text, 'en')).toMatchObject({
      kind: 'read',
      warnings: [{ path: '/stages/0/steps/1/title', line }],
    });
  });
});
