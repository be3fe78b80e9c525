import { ApiError, type Bilingual } from '../../infra/http/api-error.js';

export type RefusalCode = keyof typeof REFUSALS;

/** Why one of several deals was left out. */
const REFUSALS = {
  notThere: {
    ru: 'Такой сделки нет, или она не в вашем подчинении.',
    en: 'There is no such deal, or it is not within your reach.',
  },
  closed: { ru: 'Сделка уже закрыта.', en: 'The deal is closed already.' },
  noStage: {
    ru: 'В воронке этой сделки нет такого этапа.',
    en: 'The deal’s pipeline has no such stage.',
  },
  sameStage: { ru: 'Сделка уже на этом этапе.', en: 'The deal is in this stage already.' },
  lostStage: {
    ru: 'Чтобы закрыть сделку, выберите «Закрыть» и назовите причину.',
    en: 'To close the deal choose “Close” and give the reason.',
  },
  noLostStage: {
    ru: 'В воронке этой сделки нет этапа для закрытых без продажи.',
    en: 'The deal’s pipeline has no stage for lost deals.',
  },
  sameOwner: {
    ru: 'Этот сотрудник уже ответственный.',
    en: 'This person is responsible for the deal already.',
  },
  noPlan: { ru: 'У сделки нет открытого плана.', en: 'The deal has no open plan.' },
  noPushes: { ru: 'Пуши сейчас недоступны.', en: 'Pushes are not available now.' },
  noPlans: { ru: 'Планы сейчас недоступны.', en: 'Plans are not available now.' },
  movedOn: {
    ru: 'Сделку уже переместили дальше: оставляем как есть.',
    en: 'The deal was moved on meanwhile: left as it is.',
  },
  handedOn: {
    ru: 'У сделки уже другой ответственный: оставляем как есть.',
    en: 'Somebody else is responsible for the deal by now: left as it is.',
  },
  nobodyBefore: {
    ru: 'Раньше у сделки не было ответственного: вернуть её некому.',
    en: 'Nobody was responsible for the deal before: there is nobody to return it to.',
  },
  answered: {
    ru: 'На пуш уже ответили.',
    en: 'The push was answered already.',
  },
} as const satisfies Record<string, Bilingual>;

export function refusalText(code: RefusalCode, language: 'ru' | 'en'): string {
  return REFUSALS[code][language];
}

export function headsOnly(): ApiError {
  return new ApiError(403, 'heads-only', {
    ru: 'Это могут руководители отделов и администраторы.',
    en: 'Heads of departments and administrators can do this.',
  });
}

export function unknownPerson(): ApiError {
  return new ApiError(422, 'unknown-person', {
    ru: 'Передать можно только работающему сотруднику из вашего подчинения.',
    en: 'Deals can only be handed to working people within your reach.',
  });
}

export function unknownReason(): ApiError {
  return new ApiError(422, 'unknown-reason', {
    ru: 'Выберите причину из списка. Если её нет, её добавит администратор.',
    en: 'Choose a reason from the list. An administrator can add a missing one.',
  });
}

export function badDate(): ApiError {
  return new ApiError(422, 'bad-date', {
    ru: 'Отложить можно на срок от нескольких минут до года.',
    en: 'A deal can be snoozed for some minutes up to a year.',
  });
}

export function undoOver(): ApiError {
  return new ApiError(409, 'undo-over', {
    ru: 'Отменить уже нельзя: прошло больше 15 минут, или это уже отменили.',
    en: 'This cannot be undone any more: 15 minutes are over, or it was undone already.',
  });
}

export function dealNotThere(): ApiError {
  return new ApiError(404, 'not-found', {
    ru: 'Такой открытой сделки нет, или она не в вашем подчинении.',
    en: 'There is no such open deal, or it is not within your reach.',
  });
}
