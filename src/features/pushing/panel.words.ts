import type { Instant } from '../../domain/crm/time.js';
import type { PulseMark } from '../../domain/pushing/pulse.js';
import { dayCount } from './count.texts.js';
import type { PanelRow } from './panel.query.js';

type Language = 'ru' | 'en';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Who reads, and when. */
export interface PanelReader {
  readonly language: Language;
  readonly timeZone: string;
  readonly now: number;
}

const EVENTS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  created: { ru: 'сделку создали', en: 'the deal was created' },
  stageMoved: { ru: 'сделка перешла на этап', en: 'the deal moved to its stage' },
  stepFinished: { ru: 'закрыли шаг плана', en: 'a step of the plan was finished' },
  activity: { ru: 'было дело или сообщение', en: 'there was an activity or a message' },
  pushAnswered: { ru: 'ответили на пуш', en: 'a push was answered' },
};

/** "закрыли шаг плана"; an event that is not known is named as it is kept. */
export function eventText(event: string, language: Language): string {
  return EVENTS[event]?.[language] ?? event;
}

/** Why a row has its red marks: the rule, its numbers and the last event that counts. */
export function reasonsOf(
  row: PanelRow,
  missed: readonly Instant[],
  reader: PanelReader,
): readonly { readonly mark: PulseMark; readonly text: string }[] {
  const found: { mark: PulseMark; text: string }[] = [];
  const add = (mark: PulseMark, text: string): void => void (row[mark] && found.push({ mark, text }));
  const ru = reader.language === 'ru';
  add('overdue', overdueText(missed, reader));
  add('stuck', stuckText(row, reader));
  add('noPlan', ru ? 'План ещё не создан.' : 'No plan was made yet.');
  add(
    'noNextStep',
    ru ? 'План есть, но следующего шага в нём нет.' : 'There is a plan, but no next step in it.',
  );
  add(
    'pushedUnanswered',
    ru
      ? `Пуш ждёт ответа с ${dayOf(row.pushed_at, reader)}.`
      : `A push has been waiting for an answer since ${dayOf(row.pushed_at, reader)}.`,
  );
  add('unsorted', ru ? 'Новый лид: его ещё никто не принял.' : 'A new lead: nobody accepted it yet.');
  return found;
}

function overdueText(missed: readonly Instant[], reader: PanelReader): string {
  const late = missed.length;
  const since = spanOf(reader.now - (missed[0] ?? reader.now), reader.language);
  return reader.language === 'ru'
    ? `Просрочено шагов: ${late}, самый старый на ${since}.`
    : `Steps overdue: ${late}, the oldest by ${since}.`;
}

function stuckText(row: PanelRow, reader: PanelReader): string {
  const ru = reader.language === 'ru';
  const last = eventText(row.last_event, reader.language);
  const lastly = ru
    ? `Последнее событие ${dayOf(row.last_event_at, reader)}: ${last}.`
    : `Last event on ${dayOf(row.last_event_at, reader)}: ${last}.`;
  if (row.stuck_after_ms === null) {
    const idle = spanOf(reader.now - row.last_event_at.getTime(), reader.language);
    return ru
      ? `Ничего не происходит ${idle}, предел ${dayCount(row.idle_days, 'ru')}. ${lastly}`
      : `Nothing has happened for ${idle}, the limit is ${dayCount(row.idle_days, 'en')}. ${lastly}`;
  }
  const stays = spanOf(reader.now - row.stage_since.getTime(), reader.language);
  const usual = spanOf(row.norm_ms ?? row.stuck_after_ms, reader.language);
  const outlasts = reader.now - row.stage_since.getTime() > (row.norm_ms ?? row.stuck_after_ms);
  if (!outlasts || stays === usual)
    return ru
      ? `На этапе ${stays}, шансы пройти дальше падают. ${lastly}`
      : `In this stage for ${stays}, the chances to move on are falling. ${lastly}`;
  return ru
    ? `На этапе ${stays}, обычно ${usual}. ${lastly}`
    : `In this stage for ${stays}, usually ${usual}. ${lastly}`;
}

/** A span in days, or hours below one day, in whole numbers: nobody plans by minutes here. */
export function spanOf(ms: number, language: Language): string {
  const hours = Math.max(1, Math.round(ms / HOUR_MS));
  const days = Math.round(ms / DAY_MS);
  const [amount, unit] = hours < 24 ? [hours, 'hour'] : [Math.max(1, days), 'day'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
}

function dayOf(at: Date | null, { language, timeZone }: PanelReader): string {
  if (at === null) return '';
  return new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    day: 'numeric',
    month: language === 'ru' ? 'long' : 'short',
    timeZone,
  }).format(at);
}
