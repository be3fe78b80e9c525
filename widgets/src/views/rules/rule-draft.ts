import type {
  RuleChangeBody,
  RuleRecipient,
  RuleRung,
  RuleView,
} from '../../../../src/features/pushing/pushing.view.js';

/** What is typed of a rule; numbers are texts until they are sent. */
export interface RuleDraft {
  readonly parameters: Readonly<Record<string, string>>;
  /** Keys of those that are shares: people write them in per cent. */
  readonly shares: readonly string[];
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
    parameters: Object.fromEntries(rule.parameters.map((one) => [one.key, words(shownOf(one, one.value))])),
    shares: rule.parameters.filter((one) => one.unit === 'share').map((one) => one.key),
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
    const typed = sentOf(draft, key);
    if (Number.isNaN(typed) || (min !== null && typed < min) || (max !== null && typed > max))
      return { kind: 'parameter', key };
  }
  if (draft.recipients.length === 0) return { kind: 'recipients' };
  if (draft.channels.length === 0) return { kind: 'channels' };
  return draft.escalation.some((rung) => !(numberOf(rung.after) > 0)) ? { kind: 'rung' } : null;
}

/** The body of the change; call it on a draft without faults. */
export function changeOf(draft: RuleDraft): RuleChangeBody {
  const { parameters, shares: _shares, escalation, ...rest } = draft;
  return {
    ...rest,
    parameters: Object.fromEntries(Object.keys(parameters).map((key) => [key, sentOf(draft, key)])),
    // A rung that is a task stays one: whatever else it holds goes along.
    escalation: escalation.map(({ after, unit, ...rung }) =>
      unit === 'workingMinutes'
        ? { ...rung, after: numberOf(after) / HOUR_MINUTES, unit: 'workingHours' }
        : { ...rung, after: numberOf(after), unit },
    ),
  };
}

/** A number of a rule as people read it: shares in per cent. */
export function shownOf<Value>({ unit }: RuleView['parameters'][number], value: Value): Value | number {
  return unit === 'share' && typeof value === 'number' ? Math.round(value * 1_000) / 10 : value;
}

function sentOf({ parameters, shares }: RuleDraft, key: string): number {
  const typed = numberOf(parameters[key] ?? '');
  return shares.includes(key) ? Math.round(typed * 10) / 1_000 : typed;
}

/** A number as people type it; NaN for what is none. */
function numberOf(text: string): number {
  const plain = text.replace(/[\s\u00a0]/g, '').replace(',', '.');
  return plain === '' ? Number.NaN : Number(plain);
}
