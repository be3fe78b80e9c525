import { useI18n } from 'petite-vue-i18n';
import type {
  Condition,
  OwnerRule,
  Repetition,
  ResultRule,
  StepOffset,
  TemplateBody,
} from '../../../../src/domain/plans/template.types.js';
import { findStep } from './edit-body.js';
import { useCompany, type CompanyWords } from './use-company.js';
import { fieldOf, useFields, type FieldOption } from './use-fields.js';

interface Speech {
  readonly t: (key: string, blanks?: Readonly<Record<string, unknown>>, count?: number) => string;
  readonly number: (value: number) => string;
}

/** Rules of a template as the sentences that a head of sales would say. */
class RuleWords {
  constructor(
    private readonly speech: Speech,
    private readonly company: CompanyWords,
    private readonly fields: () => readonly FieldOption[],
  ) {}

  owner(rule: OwnerRule): string {
    const { t } = this.speech;
    const people = this.company.people.value;
    switch (rule.kind) {
      case 'dealResponsible':
      case 'departmentHead':
        return t(`tpl.owner.${rule.kind}`);
      case 'user':
        return nameIn(people?.people, 'id', rule.userId) || t('tpl.owner.nobody');
      case 'field':
        return t('tpl.owner.field.named', { name: this.#fieldName(rule.field) });
      case 'role':
        return nameIn(people?.roles, 'key', rule.role) || t('tpl.owner.nobody');
      case 'roundRobin':
      case 'queue':
        return t(`tpl.owner.${rule.kind}.named`, { name: nameIn(people?.groups, 'key', rule.group) });
    }
  }

  deadline(offset: StepOffset, body: TemplateBody): string {
    const { t, number } = this.speech;
    const { amount, unit, timeOfDay } = offset;
    const n = Math.abs(amount);
    const side = amount < 0 ? 'before' : 'after';
    const far =
      n === 0
        ? t(timeOfDay === undefined ? 'tpl.far.atOnce' : 'tpl.far.sameDay')
        : t(`tpl.far.${side}.${unit}`, { n: number(n) }, Math.ceil(n));
    const time = timeOfDay === undefined ? '' : t('tpl.far.by', { time: timeOfDay });
    return `${far} ${this.#anchor(offset, body)}${time}`;
  }

  condition(rule: Condition, body: TemplateBody): string {
    const { t } = this.speech;
    if (rule.kind === 'not') return t('tpl.when.not', { what: this.condition(rule.of, body) });
    if (rule.kind === 'field') {
      const option = fieldOf(this.fields(), rule.field);
      const values = valueNames(rule.values, (id) => nameIn(option.choices, 'id', id));
      return t(`tpl.when.field.${rule.is}`, { name: option.name, values });
    }
    if (rule.kind === 'step') {
      const result = findStep(body, rule.stepKey)?.step.result;
      const choices = result?.kind === 'choice' ? result.choices : [];
      const values = valueNames(rule.values, (key) => nameIn(choices, 'key', key));
      return t(`tpl.when.step.${rule.is}`, { name: this.stepTitle(rule.stepKey, body), values });
    }
    const terms = rule.of.map((term) => {
      const words = this.condition(term, body);
      return term.kind === 'all' || term.kind === 'any' ? `(${words})` : words;
    });
    return terms.join(` ${t(`tpl.when.${rule.kind}.join`)} `);
  }

  result(rule: ResultRule): string {
    const { t } = this.speech;
    return rule.kind === 'none' ? t('tpl.result.none') : `${t(`tpl.result.${rule.kind}`)}: ${rule.label}`;
  }

  repeat({ attempts, interval }: Repetition): string {
    const { t, number } = this.speech;
    const { amount, unit } = interval;
    const every = t(`tpl.far.after.${unit}`, { n: number(amount) }, Math.ceil(amount));
    return t('tpl.repeat.words', { n: attempts, every: lowered(every) }, attempts);
  }

  stepTitle(key: string, body: TemplateBody): string {
    return findStep(body, key)?.step.title ?? key;
  }

  /** The server names steps and stages by key. */
  fault(message: string, body: TemplateBody): string {
    return message.replace(
      /([«“])([a-z][\w-]*)([»”])/g,
      (whole, open: string, key: string, close: string) => {
        const named = findStep(body, key)?.step.title ?? body.stages.find((stage) => stage.key === key)?.name;
        return named === undefined ? whole : `${open}${named}${close}`;
      },
    );
  }

  #anchor({ anchor, amount }: StepOffset, body: TemplateBody): string {
    const { t } = this.speech;
    const side = amount < 0 ? 'before' : 'after';
    if (anchor.from === 'field')
      return t(`tpl.anchor.field.${side}`, { name: this.#fieldName(anchor.field) });
    if (anchor.from === 'stepEnd')
      return t(`tpl.anchor.stepEnd.${side}`, { name: this.stepTitle(anchor.stepKey, body) });
    return t(`tpl.anchor.${anchor.from}.${side}`);
  }

  #fieldName(ref: string): string {
    return fieldOf(this.fields(), ref).name;
  }
}

export function useWords(): RuleWords {
  const { t, locale } = useI18n();
  const fields = useFields();
  const speech: Speech = {
    t: (key, blanks = {}, count = 1) => t(key, blanks, count),
    number: (value) => new Intl.NumberFormat(locale.value).format(value),
  };
  return new RuleWords(speech, useCompany(), () => fields.value);
}

function nameIn<Key extends string>(
  list: readonly ({ readonly name: string } & Readonly<Record<Key, string>>)[] | undefined,
  key: Key,
  value: string,
): string {
  return list?.find((one) => one[key] === value)?.name ?? value;
}

function valueNames(values: readonly (string | number)[], names: (id: string) => string): string {
  return values.map((value) => names(String(value))).join(', ');
}

function lowered(text: string): string {
  return text.charAt(0).toLocaleLowerCase() + text.slice(1);
}
