import { ApiError, notFound, type Bilingual } from '../../infra/http/api-error.js';

/** What the settings refuse, and what to do then. */
export function adminOnly(): ApiError {
  return new ApiError(403, 'admin-only', {
    ru: 'Это может изменить только администратор CRM.',
    en: 'Only an administrator of the CRM may change this.',
  });
}

export function headsOnly(): ApiError {
  return new ApiError(403, 'heads-only', {
    ru: 'Настройки компании видят руководители отделов и администратор CRM.',
    en: 'The company’s settings are shown to heads of departments and to administrators of the CRM.',
  });
}

export function changedMeanwhile(): ApiError {
  return new ApiError(409, 'changed-meanwhile', {
    ru: 'Пока вы правили, это изменил кто-то другой. Обновите страницу и внесите правку ещё раз.',
    en: 'Somebody else changed this while you were editing. Reload the page and make your change again.',
  });
}

/** A value that no check of a single field can judge. */
export function wrong(code: string, text: Bilingual): ApiError {
  return new ApiError(400, code, text);
}

const NO_PERSON: Bilingual = {
  ru: 'Такого сотрудника нет в CRM. Обновите страницу: список мог измениться.',
  en: 'There is no such person in the CRM. Reload the page: the list may have changed.',
};

/** Named in what was sent. */
export function noPerson(): ApiError {
  return wrong('unknown-person', NO_PERSON);
}

/** Named by the address. */
export function noSuchPerson(): ApiError {
  return notFound(NO_PERSON);
}

export function noAbsence(): ApiError {
  return notFound({ ru: 'Такого отсутствия нет.', en: 'There is no such absence.' });
}

export function wrongHours(): ApiError {
  return wrong('wrong-hours', {
    ru: 'Часы работы указаны неверно: начало раньше конца, промежутки идут по порядку и не касаются друг друга.',
    en: 'The working hours are wrong: an interval begins before it ends, and intervals stand in order, apart from each other.',
  });
}

export function noWork(): ApiError {
  return wrong('no-working-day', {
    ru: 'В неделе нет ни одного рабочего часа: сроки было бы некуда ставить.',
    en: 'The week has no working hour: there would be no place for a deadline.',
  });
}

export function wrongDate(): ApiError {
  return wrong('wrong-date', { ru: 'Такой даты нет в календаре.', en: 'The calendar has no such date.' });
}

export function doubleDate(): ApiError {
  return wrong('double-date', { ru: 'Одна дата указана дважды.', en: 'A date is given twice.' });
}

export function wrongZone(): ApiError {
  return wrong('wrong-zone', {
    ru: 'Такого часового пояса нет. Выберите пояс из списка.',
    en: 'There is no such time zone. Choose one from the list.',
  });
}

export function wrongCountry(): ApiError {
  return wrong('wrong-country', {
    ru: 'Праздники этой страны нам неизвестны. Выберите страну из списка или «без праздников».',
    en: 'We do not know the holidays of this country. Choose one from the list, or “no holidays”.',
  });
}

export function noYear(): ApiError {
  return notFound({
    ru: 'Загруженного календаря на этот год нет.',
    en: 'No calendar was imported for this year.',
  });
}

export function wrongYear(): ApiError {
  return wrong('wrong-year', { ru: 'Такого года в календаре нет.', en: 'The calendar has no such year.' });
}

export function wrongPeriod(): ApiError {
  return wrong('wrong-period', {
    ru: 'Отсутствие кончается раньше, чем начинается, или длится больше года.',
    en: 'The absence ends before it begins, or lasts longer than a year.',
  });
}

export function ownDeputy(): ApiError {
  return wrong('own-deputy', {
    ru: 'Сотрудник не может замещать сам себя. Выберите другого заместителя.',
    en: 'Nobody stands in for himself. Choose another deputy.',
  });
}

export function overlaps(): ApiError {
  return new ApiError(409, 'overlaps', {
    ru: 'На эти дни у сотрудника уже записано отсутствие. Измените его или выберите другие дни.',
    en: 'The person already has an absence on these days. Change that one, or choose other days.',
  });
}

export function doubleName(): ApiError {
  return wrong('double-name', {
    ru: 'Одно и то же название стоит дважды. Назовите иначе или удалите лишнее.',
    en: 'The same name stands twice. Rename one of them or remove it.',
  });
}

export function noField(): ApiError {
  return wrong('unknown-field', {
    ru: 'Такого поля сделки нет в CRM, или оно не подходит для этой роли. Обновите список полей.',
    en: 'The CRM has no such field of deals, or it does not fit this role. Reload the list of fields.',
  });
}

export function noTemplate(): ApiError {
  return wrong('unknown-template', {
    ru: 'Такого опубликованного шаблона воронки нет.',
    en: 'There is no such published funnel template.',
  });
}

export function noAudience(): ApiError {
  return wrong('unknown-audience', {
    ru: 'У продукта указана целевая аудитория, которой нет в списке.',
    en: 'A product names a target audience that is not in the list.',
  });
}

export function noProduct(): ApiError {
  return wrong('unknown-product', {
    ru: 'Такого товара нет в каталоге CRM.',
    en: 'The catalogue of the CRM has no such product.',
  });
}
