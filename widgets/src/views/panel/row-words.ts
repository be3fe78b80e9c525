import { useI18n } from 'petite-vue-i18n';
import type { Ref } from 'vue';
import type { PanelRowView } from '../../../../src/features/pushing/panel.view.js';
import { dueWords } from '../../time/words.js';
import { useWidget } from '../../widget-context.js';
import { dayIn } from '../company/days.js';

export interface RowWords {
  /** "12 of 7 days": how long it stands here and what is usual. */
  stay(row: PanelRowView): string;
  due(row: PanelRowView): string;
  /** Where the deal is on its way to; empty where it stands still. */
  moving(row: Pick<PanelRowView, 'moving'>): string;
  money(row: Pick<PanelRowView, 'amount' | 'currency'>): string;
}

/** A row's figures in the person's language. */
export function useRowWords(now: () => number, locale: Ref<string>, timeZone: string): RowWords {
  const { t } = useI18n();
  return {
    stay: (row) => {
      if (row.daysInStage === null) return '';
      if (row.normDays === null) return t('panel.days', { n: row.daysInStage }, row.daysInStage);
      const norm = new Intl.NumberFormat(locale.value, { maximumFractionDigits: 1 }).format(row.normDays);
      return t('panel.daysOfNorm', { n: row.daysInStage, norm });
    },
    due: (row) => {
      if (!row.nextStep?.dueAt) return '';
      // A whole-day step keeps its day: the hour that has passed says nothing.
      if (!row.nextStep.overdue && Date.parse(row.nextStep.dueAt) < now()) return t('panel.due.today');
      return dueWords(row.nextStep.dueAt, now(), { language: locale.value, timeZone });
    },
    moving: ({ moving }) => (moving ? t('panel.moving', { name: moving.stageName }) : ''),
    money: (row) => moneyWords(row.amount, row.currency, locale.value),
  };
}

/** "Отложена до 23 нояб.": nobody is reminded of the deal before. */
export function useSnoozeWords(): (until: string) => string {
  const { t, locale } = useI18n();
  const { boot } = useWidget();
  return (until) => {
    const day = Date.parse(`${dayIn(boot.timeZone, Date.parse(until))}T00:00:00Z`);
    const how = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
    return t('panel.snoozed', { day: new Intl.DateTimeFormat(locale.value, how).format(day) });
  };
}

/** An unknown currency is shown by its code: hosts let people name their own. */
export function moneyWords(amount: string | null, currency: string | null, locale: string): string {
  if (amount === null) return '—';
  const value = Number(amount);
  const plain = { maximumFractionDigits: 0 } as const;
  if (currency === null) return new Intl.NumberFormat(locale, plain).format(value);
  try {
    return new Intl.NumberFormat(locale, { ...plain, style: 'currency', currency }).format(value);
  } catch {
    return `${new Intl.NumberFormat(locale, plain).format(value)} ${currency}`;
  }
}
