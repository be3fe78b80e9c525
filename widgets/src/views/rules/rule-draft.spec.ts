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
    expect(changeOf(draftOf(rule))).toEqual({
      parameters: { after: 1.5 },
      recipients: ['seller'],
      channels: ['host'],
      delivery: 'digest',
      hours: 'working',
      escalation: [{ after: 1, unit: 'workingDays', to: 'head' }],
    });
  });

  it('reads numbers as people type them', () => {
    const draft = { ...draftOf(rule), parameters: { after: ' 2,5 ' } };
    expect(faultOf(rule, draft)).toBeNull();
    expect(changeOf(draft).parameters).toEqual({ after: 2.5 });
  });

  it.each(['', 'soon', '-1', '401'])('does not send the number %j', (after) => {
    expect(faultOf(rule, { ...draftOf(rule), parameters: { after } })).toEqual({
      kind: 'parameter',
      key: 'after',
    });
  });

  it('demands somebody to tell, a way to do it and a pause before the next one', () => {
    const draft = draftOf(rule);
    expect(faultOf(rule, { ...draft, recipients: [] })).toEqual({ kind: 'recipients' });
    expect(faultOf(rule, { ...draft, channels: [] })).toEqual({ kind: 'channels' });
    expect(
      faultOf(rule, { ...draft, escalation: [{ after: '0', unit: 'workingDays', to: 'head' }] }),
    ).toEqual({
      kind: 'rung',
    });
  });

  it('keeps roles and people apart in one list', () => {
    for (const one of ['seller', { userId: 'head' }, { userId: 'user:7' }] as const)
      expect(recipientOf(recipientKey(one))).toEqual(one);
  });
});
