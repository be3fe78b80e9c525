import type {
  RuleChangeBody,
  RuleRecipient,
  RuleRung,
  RuleView,
} from '../../../../src/features/pushing/pushing.view.js';

/** What is typed of a rule; numbers are texts until they are sent. */
export interface RuleDraft {
  readonly parameters: Readonly<Record<string, string>>;
  readonly recipients: readonly RuleRecipient[];
  readonly channels: RuleView['channels'];
  readonly delivery: RuleView['delivery'];
  readonly hours: RuleView['hours'];
  readonly escalation: readonly {
    readonly after: string;
    /** Minutes are how people say a part of an hour; they are kept as hours. */
    readonly unit: RuleRung['unit'] | 'workingMinutes';
    readonly to: RuleRecipient;
  }[];
}

export const roles = ['seller', 'head', 'productManager'] as const;

const HOUR_MINUTES = 60;

/** Numbers are written as the language writes them. */
export function draftOf(rule: RuleView, language: string): RuleDraft {
  const { recipients, channels, delivery, hours, escalation } = rule;
  const format = new Intl.NumberFormat(language, { useGrouping: false, maximumFractionDigits: 6 });
  const words = (value: string | number): string =>
    typeof value === 'number' ? format.format(value) : value;
  return {
    ...{ recipients, channels, delivery, hours },
    parameters: Object.fromEntries(rule.parameters.map((one) => [one.key, words(one.value)])),
    escalation: escalation.map((rung) =>
      rung.unit === 'workingHours' && rung.after < 1
        ? { ...rung, after: words(rung.after * HOUR_MINUTES), unit: 'workingMinutes' }
        : { ...rung, after: words(rung.after) },
    ),
  };
}

/** A recipient as a value of a list: a role by its name, a person as `user:` and the id. */
export function recipientKey(recipient: RuleRecipient): string {
  return typeof recipient === 'string' ? recipient : `user:${recipient.userId}`;
}

export function recipientOf(key: string): RuleRecipient {
  return roles.find((role) => role === key) ?? { userId: key.replace(/^user:/, '') };
}

/** `parameter`: a number is none, or out of its bounds. `recipients`, `channels`: nobody, or in no way. `rung`: a number of the ladder. */
export type RuleDraftFault =
  | { readonly kind: 'parameter'; readonly key: string }
  | { readonly kind: 'recipients' | 'channels' | 'rung' };

export function faultOf(rule: RuleView, draft: RuleDraft): RuleDraftFault | null {
  for (const { key, value, min, max } of rule.parameters) {
    if (typeof value !== 'number') continue;
    const typed = numberOf(draft.parameters[key] ?? '');
    if (Number.isNaN(typed) || (min !== null && typed < min) || (max !== null && typed > max))
      return { kind: 'parameter', key };
  }
  if (draft.recipients.length === 0) return { kind: 'recipients' };
  if (draft.channels.length === 0) return { kind: 'channels' };
  return draft.escalation.some((rung) => !(numberOf(rung.after) > 0)) ? { kind: 'rung' } : null;
}

/** The body of the change; call it on a draft without faults. */
export function changeOf({ parameters, escalation, ...rest }: RuleDraft): RuleChangeBody {
  return {
    ...rest,
    parameters: Object.fromEntries(Object.entries(parameters).map(([key, text]) => [key, numberOf(text)])),
    escalation: escalation.map(({ after, unit, to }) =>
      unit === 'workingMinutes'
        ? { after: numberOf(after) / HOUR_MINUTES, unit: 'workingHours', to }
        : { after: numberOf(after), unit, to },
    ),
  };
}

/** A number as people type it; NaN for what is none. */
function numberOf(text: string): number {
  const plain = text.replace(/[\s\u00a0]/g, '').replace(',', '.');
  return plain === '' ? Number.NaN : Number(plain);
}
