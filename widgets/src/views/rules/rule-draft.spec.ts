import { describe, expect, it } from '@jest/globals';
import type { RuleView } from '../../../../src/features/pushing/pushing.view.js';
import { changeOf, draftOf, faultOf, recipientKey, recipientOf } from './rule-draft.js';

const rule: RuleView = {
  id: 'stepOverdue',
  kind: 'stepOverdue',
  name: 'Step overdue',
  sentence: '',
  on: true,
  parameters: [{ key: 'after', label: 'After', value: 1.5, unit: 'workingHours', min: 0, max: 400 }],
  recipients: ['seller'],
  channels: ['host'],
  delivery: 'digest',
  hours: 'working',
  about: 'deal',
  toldTo: '',
  demotedAt: null,
  demotedWhy: null,
  escalation: [{ after: 1, unit: 'workingDays', to: 'head' }],
  effect: null,
};

describe('widgets/src/views/rules/rule-draft', () => {
  it('sends back what it was given', () => {
    expect(changeOf(draftOf(rule, 'en'))).toEqual({
      parameters: { after: 1.5 },
      recipients: ['seller'],
      channels: ['host'],
      delivery: 'digest',
      hours: 'working',
      escalation: [{ after: 1, unit: 'workingDays', to: 'head' }],
    });
  });

  it('reads numbers as people type them', () => {
    const draft = { ...draftOf(rule, 'en'), parameters: { after: ' 2,5 ' } };
    expect(faultOf(rule, draft)).toBeNull();
    expect(changeOf(draft).parameters).toEqual({ after: 2.5 });
  });

  it('writes shares in per cent', () => {
    const parameters = [{ key: 'share', label: '', value: 1.2, unit: 'share', min: 0.5, max: 5 }] as const;
    const shared = { ...rule, parameters };
    const typed = (share: string) => ({ ...draftOf(shared, 'ru'), parameters: { share } });
    expect(draftOf(shared, 'ru').parameters).toEqual({ share: '120' });
    expect(changeOf(draftOf(shared, 'ru')).parameters).toEqual({ share: 1.2 });
    expect(changeOf(typed('112,5')).parameters).toEqual({ share: 1.125 });
    expect([faultOf(shared, typed('1.2')), faultOf(shared, typed('501'))]).not.toContain(null);
  });

  it('leaves a rung that is a task one', () => {
    const rung = { after: 0.25, unit: 'workingHours', to: 'seller', task: true } as const;
    const change = changeOf(draftOf({ ...rule, escalation: [rung] }, 'ru'));
    expect(change.escalation).toEqual([rung]);
  });

  it.each(['', 'soon', '-1', '401'])('does not send the number %j', (after) => {
    expect(faultOf(rule, { ...draftOf(rule, 'en'), parameters: { after } })).toEqual({
      kind: 'parameter',
      key: 'after',
    });
  });

  it('demands somebody to tell, a way to do it and a pause before the next one', () => {
    const draft = draftOf(rule, 'en');
    expect(faultOf(rule, { ...draft, recipients: [] })).toEqual({ kind: 'recipients' });
    expect(faultOf(rule, { ...draft, channels: [] })).toEqual({ kind: 'channels' });
    expect(
      faultOf(rule, { ...draft, escalation: [{ after: '0', unit: 'workingDays', to: 'head' }] }),
    ).toEqual({
      kind: 'rung',
    });
  });

  it('speaks of parts of an hour in minutes, and keeps them as hours', () => {
    const escalation = [{ after: 0.25, unit: 'workingHours', to: 'seller' }] as const;
    const draft = draftOf({ ...rule, escalation }, 'en');
    expect(draft.escalation).toEqual([{ after: '15', unit: 'workingMinutes', to: 'seller' }]);
    expect(changeOf(draft).escalation).toEqual(escalation);
  });

  it('writes numbers as the language does, and reads them back', () => {
    const draft = draftOf(rule, 'ru');
    expect(draft.parameters).toEqual({ after: '1,5' });
    expect(changeOf(draft).parameters).toEqual({ after: 1.5 });
  });

  it('keeps roles and people apart in one list', () => {
    for (const one of ['seller', { userId: 'head' }, { userId: 'user:7' }] as const)
      expect(recipientOf(recipientKey(one))).toEqual(one);
  });
});
