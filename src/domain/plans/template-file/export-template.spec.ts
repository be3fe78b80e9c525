import { describe, expect, it } from '@jest/globals';
import { aStage, aStep, aTemplate } from '../../../../test/support/plan-builders.js';
import type { Condition, TemplateBody, TemplateStep } from '../template.types.js';
import { exportTemplate } from './export-template.js';
import { describeFault } from './fault-words.js';

const HERE: Condition = { kind: 'field', field: 'stage', is: 'oneOf', values: ['C1:NEW'] };
const EVERYWHERE: Condition = { kind: 'field', field: 'amount', is: 'atLeast', values: [1000] };

function withStep(changes: Partial<TemplateStep>): TemplateBody {
  return aTemplate([aStage('a', [aStep('one', changes)])]);
}

function exported(changes: Partial<TemplateStep>): TemplateStep | undefined {
  const { text } = exportTemplate(withStep(changes));
  return (JSON.parse(text) as TemplateBody).stages[0]?.steps[0];
}

describe('domain/plans/template-file/export-template', () => {
  it('says first what the file is and where its schema lies', () => {
    const { text } = exportTemplate(withStep({}), 'https://dozhim.example/');
    expect(Object.entries(JSON.parse(text)).slice(0, 4)).toEqual([
      ['$schema', 'https://dozhim.example/schemas/template-1.json'],
      ['format', 'dozhim-template'],
      ['version', 1],
      ['key', 'test'],
    ]);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('writes equal templates alike, in whatever order their fields were given', () => {
    const body = withStep({ condition: EVERYWHERE });
    const turned = Object.fromEntries(Object.entries(body).toReversed()) as unknown as TemplateBody;
    expect(exportTemplate(turned).text).toBe(exportTemplate(body).text);
  });

  it('puts the deal’s responsible in the place of a person', () => {
    const changes: Partial<TemplateStep> = {
      owner: { kind: 'user', userId: '77' },
      handOver: { to: { kind: 'user', userId: '78' }, mode: 'atOnce' },
    };
    const { text, warnings } = exportTemplate(withStep(changes));
    expect(text).not.toMatch(/7[78]/);
    expect(exported(changes)?.owner).toEqual({ kind: 'dealResponsible' });
    expect(exported(changes)?.handOver).toEqual({ to: { kind: 'dealResponsible' }, mode: 'atOnce' });
    expect(warnings).toEqual([
      { path: '/stages/0/steps/0/owner', code: 'userLeftOut', params: { what: '77' } },
      { path: '/stages/0/steps/0/handOver/to', code: 'userLeftOut', params: { what: '78' } },
    ]);
    expect(warnings.map((warning) => describeFault(warning, 'ru'))[0]).toContain('ответственный за сделку');
  });

  it('leaves out what names a field of one host, and keeps what every account may map', () => {
    const changes: Partial<TemplateStep> = {
      owner: { kind: 'field', field: 'host:UF_CRM_1' },
      offset: { anchor: { from: 'field', field: 'host:UF_CRM_2' }, amount: 1, unit: 'workingDays' },
    };
    expect(exported(changes)?.owner).toEqual({ kind: 'dealResponsible' });
    expect(exported(changes)?.offset.anchor).toEqual({ from: 'stageEntry' });
    expect(exportTemplate(withStep(changes)).warnings.map((warning) => warning.code)).toEqual([
      'fieldLeftOut',
      'fieldLeftOut',
    ]);
    const owner = { kind: 'field', field: 'map:accountManager' } as const;
    expect(exported({ owner })?.owner).toEqual(owner);
  });

  it('leaves conditions on ids out and keeps what stands beside them', () => {
    expect(exported({ condition: HERE })?.condition).toBeUndefined();
    expect(exported({ condition: { kind: 'not', of: HERE } })?.condition).toBeUndefined();
    expect(exported({ condition: { kind: 'any', of: [HERE] } })?.condition).toBeUndefined();
    expect(exported({ condition: { kind: 'all', of: [HERE, EVERYWHERE] } })?.condition).toEqual({
      kind: 'all',
      of: [EVERYWHERE],
    });
  });
});
