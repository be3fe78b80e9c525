import type { Words } from './words.js';

const ROLES = {
  case: 'сделки',
  stage: 'этапа',
  at: 'времени перехода',
  start: 'начала',
  close: 'закрытия',
  ended: 'признака закрытия',
  owner: 'ответственного',
  amount: 'суммы',
  product: 'продукта',
} as const;
const EMPTY = {
  case: 'не указана сделка',
  stage: 'не указан этап',
  at: 'не указано время перехода',
  start: 'не указано начало',
  close: 'не указано закрытие',
  ended: 'не указано, закрыта ли сделка',
  owner: 'не указан ответственный',
  amount: 'не указана сумма',
  product: 'не указан продукт',
} as const;
const OPTIONS = { case: '--case', stage: '--stage', at: '--at' } as const;
const RULES = new Intl.PluralRules('ru');

function plural(count: number, one: string, few: string, many: string): string {
  const form = RULES.select(count);
  const word = form === 'one' ? one : form === 'few' || !Number.isInteger(count) ? few : many;
  return `${count.toLocaleString('ru')} ${word}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 30).map((name) => `«${name}»`);
  return shown.join(', ') + (names.length > shown.length ? ' …' : '');
}

function rows(count: number): string {
  return plural(count, 'строка', 'строки', 'строк');
}

export const RU: Words = {
  noFile: (path) => `Файла ${path} нет.`,
  emptyFile: (path) => `В файле ${path} нет строк: нужна таблица с заголовком и хотя бы одной строкой.`,
  isSpreadsheet: (path) => `${path} — книга Excel или архив zip. Сохраните лист как CSV и укажите этот файл.`,
  brokenArchive: (path) => `${path} — архив gzip, который обрывается. Выгрузите его ещё раз.`,
  brokenTable: (line) =>
    `Таблицу не прочитать, начиная со строки ${line}: кавычка открыта и не закрыта. Исправьте строку или выгрузите файл ещё раз.`,
  missingColumns: (roles, header) => {
    const options = roles.map((role) => (role in OPTIONS ? OPTIONS[role as keyof typeof OPTIONS] : ''));
    return `Не нашлось колонки для ${roles.map((role) => ROLES[role]).join(', ')}. Назовите её: ${options.join(', ')}. В файле есть: ${listed(header)}.`;
  },
  noSuchColumn: (role, name, header) =>
    `Колонки «${name}» для ${ROLES[role]} нет. В файле есть: ${listed(header)}.`,
  noSuchStage: (name, stages) => `Этапа «${name}» нет. В файле есть: ${listed(stages)}.`,
  tooManyStages: (count, column) =>
    `В колонке «${column}» ${count.toLocaleString('ru')} разных значений: вряд ли это этап. Назовите нужную колонку: --stage.`,
  tooManyBadRows: (bad, all, first) =>
    `Не удалось прочитать ${rows(bad)} из ${all.toLocaleString('ru')}, это больше 5 %: такой диагностике нельзя верить. Первые из них:\n${first.map((row) => RU.badRow(row)).join('\n')}`,
  nothingBefore: (day) => `До ${day} в файле ничего не происходило: укажите более позднюю дату --as-of.`,
  cannotWrite: (path, why) => `Не удалось записать ${path}: ${why}.`,
  emptyCell: (role) => EMPTY[role],
  longCell: (role) => `слишком длинно для ${ROLES[role]}`,
  unreadableDate: (text) => `«${text.slice(0, 60)}» — не дата`,
  dealTwice: (deal) =>
    `сделка «${deal.slice(0, 60)}» уже была; если строки — это переходы по этапам, назовите колонку времени: --at`,
  closedBeforeStart: () => 'сделка закрыта раньше, чем началась',
  closedWithoutStart: () => 'есть дата закрытия, но нет начала',
  noDates: () => 'Ни у одной сделки в файле нет даты.',
  badRow: ({ line, why }) => `  строка ${line}: ${why}`,
  moreBadRows: (count) => `  и ещё ${count.toLocaleString('ru')}`,

  locale: 'ru',
  anyOpenStage: 'В работе',
  title: (asOf) => `Диагностика воронки на ${asOf}`,
  roles: {
    case: 'сделка',
    stage: 'этап',
    at: 'время перехода',
    start: 'начало',
    close: 'закрытие',
    ended: 'закрыта ли',
    owner: 'ответственный',
    amount: 'сумма',
    product: 'продукт',
  },
  workingDays: (count) => plural(count, 'рабочий день', 'рабочих дня', 'рабочих дней'),
  spoken: {
    never: 'не достигнуто',
    belowMinute: 'меньше минуты',
    minutes: (count) => plural(count, 'минуту', 'минуты', 'минут'),
    hours: (count) => plural(count, 'час', 'часа', 'часов'),
    days: (count) => plural(count, 'день', 'дня', 'дней'),
  },
  short: {
    never: '–',
    belowMinute: '<1 мин',
    minutes: (count) => `${count} мин`,
    hours: (count) => `${count} ч`,
    days: (count) => `${count.toLocaleString('ru')} дн`,
  },
  deals: (count) => plural(count, 'сделка', 'сделки', 'сделок'),
  range: (low, high) => `${low} – ${high}`,
  quarter: (name) => `${name.slice(-1)} кв. ${name.slice(0, 4)}`,
  halfClosed: (time) => `Половина сделок закрывается за ${time}.`,
  notHalfClosed: () => 'Пока закрыто меньше половины сделок.',
  usualReport: (time) =>
    `Отчёт по одним закрытым сделкам показал бы ${time}: он не видит как раз тех, что ещё не закрыты.`,
  openNow: (deals, amount) => `Сейчас в работе ${deals}${amount === null ? '' : ` на ${amount}`}.`,
  stuckNow: (count, share, amount) =>
    `Из них зависли ${count} (${share})${amount === null ? '' : ` на ${amount}`}.`,
  deadNow: (count) => `Похоже, мертвы ${count}: сделки такого возраста почти никогда не двигались дальше.`,
  noneStuck: () => 'Зависших среди них нет.',
  weakest: 'Слабый этап',
  costsMost: (stage) => `Дороже всего обходится этап «${stage}».`,
  wouldHaveWon: (more, range, money, moneyRange) =>
    `Работай он как в свой лучший квартал, выигранных сделок было бы больше на ${more} (95 %: ${range})${money === null ? '' : `, это ${money} (${moneyRange ?? ''})`}.`,
  conversionThen: (best, quarter, now, from, to) =>
    `Из сделок, пришедших за ${quarter}, дальше прошли ${best}; из пришедших за ${from === to ? from : `${from} – ${to}`} — ${now}.`,
  bestIsOptimistic: 'Лучший квартал — отчасти везение, поэтому это предел возможного, а не обещание.',
  noLeak: 'Ни один этап не работает заметно хуже, чем в свой лучший квартал.',
  tooFewForLeak:
    'Решённых сделок слишком мало, чтобы сравнить кварталы (нужно по 30 хотя бы в двух), поэтому слабый этап не назван.',
  slowest: (stage, half, faster) =>
    `Больше всего времени сделки проводят на этапе «${stage}»: половина уходит с него за ${half}. Будь он на 20 % быстрее, половина его сделок проходила бы дальше на ${faster} раньше.`,
  funnel: 'Воронка',
  funnelNote:
    'Сколько сделок побывало на этапе и какая доля решённых из них дошла до более позднего. Бледное — те, что стоят на нём сейчас.',
  cameHere: (all, advanced) => (advanced === null ? all : `${all}, дальше ${advanced}`),
  timesNote: 'Полоса — от четверти до трёх четвертей ушедших, черта — половина.',
  stages: 'Время на этапах',
  stageHead: [
    'Этап',
    'заходов',
    'открыто',
    'ушла 1/4',
    'ушла 1/2',
    '(95 %)',
    'ушли 3/4',
    'дальше',
    'завис после',
  ],
  wonMark: '(успех)',
  lostMark: '(отказ)',
  tooFew: 'мало',
  stagesNote:
    'За какое время ушла четверть, половина и три четверти заходов; сделки, которые ещё стоят, учтены как «не меньше стольких дней». «Дальше» — доля решённых сделок, дошедших до более позднего этапа.',
  stuck: 'Зависшие сделки',
  stuckHead: ['Сделка', 'Этап', 'Ответственный', 'Сумма', 'стоит', 'почему'],
  stuckRule: () =>
    'Сделка зависла, если сделки её возраста на её этапе редко скоро идут дальше: шанс ниже 50 %, а где и свежие идут медленно — ниже половины шанса свежей. На этапах, где завершено меньше 30 заходов, предел — 7, 14 или 21 день.',
  andMore: (count) => `… и ещё ${count} (все они есть в файле --json).`,
  chance: (percent, horizon) => `шанс пройти за ${horizon} — ${percent}`,
  standsLonger: (limit) => `дольше, чем ${limit}`,
  kinds: {
    noPlan: 'нет плана',
    sellerIdle: 'без движения',
    waitingForClient: 'ждём клиента',
    dead: 'мертва',
  },
  change: 'Что изменить в первую очередь',
  closeDead: (count, amount) =>
    `Решите судьбу мёртвых сделок (${count}${amount === null ? '' : ` на ${amount}`}): позвоните по каждой ещё раз или закройте с причиной. Честный прогноз — без них.`,
  pushStuck: (count, stage) =>
    `Дайте каждой из зависших, но живых сделок на этапе «${stage}» (${count}) следующий шаг с датой и ответственным.`,
  watchStage: (stage, limit) =>
    `На этапе «${stage}» спрашивайте о каждой сделке, которая стоит дольше, чем ${limit}.`,
  raiseConversion: (stage) =>
    `Посмотрите, что на этапе «${stage}» в лучший квартал делали иначе, и запишите это в план шагами.`,
  seldomUsed: (stage, entered, all) => `«${stage}» (${entered} из ${all})`,
  adviseDrop: (stages) =>
    `Мало сделок доходит до этапов: ${stages}. Спросите, нужен ли каждый как отдельный этап.`,
  adviseMerge: (stage, into, share, half) =>
    `Возможно, вместо этапов «${stage}» и «${into}» хватит одного: половина сделок уходит с первого за ${half}, и ${share} из них — на второй.`,
  adviseSplit: (stage, quick, slow) =>
    `Возможно, этап «${stage}» стоит разделить: четверть сделок проходит его за ${quick}, другая четверть стоит дольше, чем ${slow}, и большая часть времени воронки уходит здесь. Два этапа покажут, чего на самом деле ждут.`,
  nothingToChange: 'Ничего не бросается в глаза. Повторите диагностику, когда истории станет больше.',
  howCounted: 'Как считали',
  columnsRead: (pairs) => `Колонки: ${pairs}.`,
  readRows: (count, deals) => `Строк: ${count}, ${deals}.`,
  skippedRows: (count) => `Не прочитано и пропущено строк: ${count}.`,
  endsGuessed: (won, lost) =>
    `Конечные этапы угаданы: успех — ${won}; отказ — ${lost}. Если это не так, назовите их: --won и --lost.`,
  endsGiven: (won, lost) => `Конечные этапы: успех — ${won}; отказ — ${lost}.`,
  none: 'нет',
  snapshot: (working) =>
    `В файле по строке на сделку, истории этапов нет. Считаем, что каждая сделка стояла на этапе «${working}» от начала до закрытия.`,
  snapshotMerged: (working) =>
    `В файле по строке на сделку, истории этапов нет, поэтому время отдельных этапов неизвестно. Все открытые этапы показаны как один — «${working}». Чтобы узнать больше, выгрузите историю этапов.`,
  undated: (stages) => `Без даты, поэтому посчитаны, но без времени: ${stages}.`,
  dayOrderGuessed: (dayFirst) =>
    `В датах вида 01/02/2026 первым прочитан ${dayFirst ? 'день' : 'месяц'}: по файлу этого не понять.`,
  zoneNote: (zone) => `Даты без часового пояса прочитаны в поясе ${zone} (--time-zone).`,
  futureNote: (day) =>
    `Последняя дата в файле ещё не наступила (${day}): сделки посчитаны так, будто она настала. Если это описка, укажите верную: --as-of.`,
  encodingNote: (encoding) => `Файл не в UTF-8, прочитан как ${encoding}.`,
  unreadableAmounts: (count) => `Не прочитано сумм: ${count}; они считаются неизвестными.`,
  honesty: (bulk, sameMinute, imported) =>
    `Не учитывались при обучении: ${bulk.toLocaleString('ru')} — закончены массовым переносом, ${sameMinute.toLocaleString('ru')} — закончились в ту же минуту, что и начались, ${imported.toLocaleString('ru')} — начались с импорта.`,
  skippedStages: (count) => `Переходов через этап: ${count}.`,
  daysOnly: 'В файле даты без времени: массовые переносы и пролистывание этапов не отличить.',
  method:
    'Время оценено по Каплану — Мейеру (открытые сделки цензурированы), шансы — по Аалену — Йохансену; диапазоны — 95 %; день — 24 часа.',
};
