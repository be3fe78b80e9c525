import type { Words } from './words.js';

const RULES = new Intl.PluralRules('ru');
const DEALS: Readonly<Record<string, string>> = { one: 'сделка', few: 'сделки' };
const VISITS: Readonly<Record<string, string>> = { one: 'заход', few: 'захода' };

function deals(count: number): string {
  return `${count.toLocaleString('ru')} ${DEALS[RULES.select(count)] ?? 'сделок'}`;
}

/** Short months end with a dot of their own, and a sentence has one. */
function shut(text: string): string {
  return text.replace(/\.$/, '');
}

/** A deal may come to a stage several times. */
function visits(count: number): string {
  return `${count.toLocaleString('ru')} ${VISITS[RULES.select(count)] ?? 'заходов'} на этап`;
}

export const RU: Words = {
  locale: 'ru-RU',
  deals,
  visits,
  workingDays: (count) => `${count} ${RULES.select(count) === 'one' ? 'рабочий день' : 'рабочих дней'}`,
  noProduct: 'Без продукта',
  others: 'Остальные',
  nobody: 'Без ответственного',
  noClient: 'Клиент не указан',
  company: (id) => `Компания ${id}`,
  contact: (id) => `Контакт ${id}`,
  noSource: 'Источник не указан',
  source: (id) => `Источник ${id}`,
  noReason: 'Причина не указана',
  marks: {
    bulkMove: 'перемещены пачкой, это уборка, а не продажа',
    sameMinute: 'начались и кончились за ту же минуту',
    backdated: 'занесены задним числом',
    imported: 'загружены списком, настоящее начало неизвестно',
    skippedStages: 'перескочили через этап, который обычно проходят',
  },
  emptyFunnel: 'В этой воронке сейчас нет открытых сделок.',
  funnel: (all, money, stage, there) =>
    `Сейчас в работе ${all} на ${money}. Больше всего на этапе «${stage}»: ${there}.`,
  funnelAdvice: (stage, share) =>
    `Слабее всего переход на этап «${stage}»: из сделок предыдущего этапа, судьба которых решилась, дальше прошли ${share}.`,
  tooFew: (have, needed) =>
    `Пока мало данных: завершённых заходов ${have}, а для выводов нужно ${needed}. Показаны только количества.`,
  stages: (stage, median, range) =>
    `Дольше всего сделки стоят на этапе «${stage}»: половина уходит с него за ${median}${range === '' ? '' : ` (95 %: ${range})`}. Открытые сделки учтены.`,
  notHalf: 'Ни с одного этапа пока не ушла половина сделок.',
  stagesAdvice: (stage, from) =>
    `На этапе «${stage}» спрашивайте о каждой сделке, которая стоит дольше, чем ${from}: три четверти к этому сроку уже уходят.`,
  conversion: (stage, count, share, range) =>
    `Больше всего сделок теряется на этапе «${stage}»: ${share} заходов кончаются потерей${range === '' ? '' : ` (95 %: ${range})`}, всего заходов ${count.toLocaleString('ru')}.`,
  conversionAdvice: (stage) =>
    `Начните с этапа «${stage}»: посмотрите на странице «Потери», почему сделки уходят с него.`,
  noneLost: 'Ни с одного этапа пока не теряют сделок.',
  stuck: (all, money, kinds, pipeline) =>
    `${pipeline === null ? 'Зависло' : `В воронке «${pipeline}» зависло`}: ${all} на ${money}. Из них ${kinds}.`,
  noneStuck: (pipeline) =>
    pipeline === null ? 'Зависших сделок нет.' : `В воронке «${pipeline}» зависших сделок нет.`,
  kinds: {
    noPlan: 'без плана',
    sellerIdle: 'стоят за продавцом',
    waitingForClient: 'ждут даты клиента',
    dead: 'похоже, мертвы',
  },
  stuckAdvice: {
    noPlan: 'Начните с тех, у кого нет следующего шага: создайте план.',
    sellerIdle: 'Шаги есть, но их не делают: отправьте продавцам пуш.',
    waitingForClient: 'Большинство ждёт даты, о которой договорились: вернитесь к ним в срок.',
    dead: 'Большинство не сдвинется: закройте их и освободите время для живых.',
  },
  stuckWhy: ({ stays, usual, idle, limit, chance, within, visits, lastEvent, until }) =>
    [
      limit === null
        ? `На этапе ${stays}${usual === null ? '' : `, половина уходит за ${usual}`}.`
        : `Ничего не происходит ${idle}, предел ${limit}: своей истории этапа пока мало.`,
      chance === null || within === null
        ? ''
        : `Шанс двинуться дальше за ${within}: ${chance} (по ${visits.toLocaleString('ru')} завершённым заходам).`,
      until === null ? '' : `С клиентом договорились на ${shut(until)}.`,
      lastEvent === null ? '' : `Последнее событие: ${shut(lastEvent)}.`,
    ]
      .filter((part) => part !== '')
      .join(' '),
  events: {
    created: 'сделку создали',
    stageMoved: 'перешла на этап',
    stepFinished: 'закрыли шаг плана',
    activity: 'дело или сообщение',
    pushAnswered: 'ответили на пуш',
  },
  weakest: (stage, leak, range, now, best, quarter) =>
    `Дороже всего обходится этап «${stage}»: за последние кварталы на нём потеряно около ${leak} (95 %: ${range}). Дальше проходят ${now}, а за ${quarter} проходили ${best}.`,
  noLeak: 'Ни один этап не работает заметно хуже, чем в свой лучший квартал.',
  tooFewForLeak: 'Завершённых сделок пока мало, чтобы сравнить кварталы: нужно по 30 хотя бы в двух.',
  weakestAdvice:
    'Лучший квартал отчасти везение, поэтому это предел возможного, а не обещание. Начните с плана на этом этапе.',
  quarter: (name) => `${name.slice(-1)} кв. ${name.slice(0, 4)}`,
  dropStage: (entered, passedBy) =>
    `Этап почти не используют: сделок на нём было ${entered}, мимо прошло ${passedBy}. Его можно убрать.`,
  mergeStage: (share, into, median) =>
    `За ${median} уходят почти все, ${share} на «${into}»: два названия одного дела. Их можно объединить.`,
  splitStage: (q1, q3, share) =>
    `Четверть уходит за ${q1}, а другая ждёт дольше ${q3}; здесь ${share} времени воронки. Этап стоит разделить.`,
  sellers: (people, best, conversion) =>
    `Продавцов: ${people}. Лучше всех закрывает ${best}: ${conversion} завершённых сделок выиграно.`,
  sellersPlain: (people, open) =>
    `Продавцов: ${people}, в работе ${open}. Завершённых сделок пока мало, чтобы сравнивать.`,
  overloaded: (name, share) =>
    `${name}: запланировано ${share} рабочего времени недели. Передайте часть сделок.`,
  habits: {
    firstResponse: 'первый отклик',
    timeInStage: 'время на этапах',
    touches: 'касания на сделку',
    stepInTime: 'шаги в срок',
    nextStep: 'следующий шаг в плане',
    lossReason: 'причины отказов',
    pace: 'срок до выигрыша',
  },
  bestHabit: {
    firstResponse: (best, rest) =>
      `Лучшие берутся за новую сделку за ${best}, остальные за ${rest} (медианы).`,
    timeInStage: (best, rest, stage) =>
      `На этапе «${stage}» у лучших сделка стоит ${best}, у остальных ${rest} (медианы).`,
    touches: (best, rest) => `Дел на одну закрытую сделку: у лучших ${best}, у остальных ${rest}.`,
    stepInTime: (best, rest, step) =>
      `Шаг «${step}» лучшие делают в срок в ${best} случаев, остальные в ${rest}.`,
    nextStep: (best, rest) =>
      `Следующий шаг намечен у лучших в ${best} открытых сделок, у остальных в ${rest}.`,
    lossReason: (best, rest) => `Причину отказа лучшие указывают в ${best} случаев, остальные в ${rest}.`,
    pace: (best, rest) => `Лучшие доводят сделку до выигрыша за ${best}, остальные за ${rest} (медианы).`,
  },
  habitsAlike: (habits) => `Заметной разницы между лучшими и остальными нет: ${habits}.`,
  habitsUnknown: (habits) => `Сравнить пока нельзя, данных мало: ${habits}.`,
  habitsLater: 'Чем отличаются лучшие, ещё считается: откройте страницу через минуту.',
  tooFewSellers:
    'Чтобы сравнить лучших с остальными, нужны хотя бы трое продавцов, у каждого по 30 закрытых сделок.',
  handOverTo: (name, load) => `Свободнее всех ${name}: занято ${load} рабочего времени недели.`,
  handOver: (name, from, to, all) =>
    `${name} отсутствует с ${from} по ${to}: в работе ${all}. Передайте их заранее.`,
  forecast: (month, all, money, range) =>
    `До конца месяца (${month}) открытые сделки принесут около ${money} (95 %: ${range}), это ${all}.`,
  forecastAdvice: (stage, missing, by) =>
    `До цели не хватает сделок: на этап «${stage}» до ${by} должно прийти ещё ${missing.toLocaleString('ru')}.`,
  targetLate:
    'Новые сделки к этому сроку уже не успеют: цель можно закрыть только теми, что в работе, или перенести на следующий месяц.',
  targetMet: 'Открытых сделок хватает для цели.',
  clients: (share, range) => `Снова покупают в течение года ${share} клиентов (95 %: ${range}).`,
  clientsAdvice: (from, to, lift, count) =>
    `Кто купил «${from}», берёт «${to}» в ${lift} раза чаще. Клиентов, которым ещё не предлагали: ${count}.`,
  losses: (all, money, reason, share) =>
    `Потери: ${all} на ${money}. Самая частая причина: ${reason} (${share}).`,
  lossesUnnamed: (all, money, share, named) =>
    `Потери: ${all} на ${money}. Причина не указана у ${share}${named === null ? '' : `; из указанных чаще всего «${named}»`}.`,
  noLosses: 'Потерянных сделок за этот период нет.',
  lossesAdvice: 'У половины потерь и больше нет причины: попросите продавцов указывать её при закрытии.',
  diagnosis: (cycle, open, money) =>
    `Половина сделок закрывается за ${cycle}, считая и ещё открытые. Сейчас в работе ${open} на ${money}.`,
  diagnosisNoCycle: (open, money) => `Закрыто меньше половины сделок. Сейчас в работе ${open} на ${money}.`,
  zombies: (all, money) =>
    `Похоже, уже не сдвинутся: ${all} на ${money}. В них больше 45 дней ничего не происходит, или в таком возрасте сделки почти никогда не двигались.`,
  noZombies: 'Мёртвых сделок не видно.',
  zombiesAdvice:
    'Начните с сделок-зомби: позвоните по каждой ещё раз или закройте с причиной. Прогноз станет честным, а время достанется живым.',
  planWould: (stage, money, range) =>
    `План на этапе «${stage}» с конверсией лучшего квартала принёс бы около ${money} (95 %: ${range}) за год.`,
  planWouldUnknown:
    'Что даст план, станет видно, когда накопится по 30 завершённых сделок хотя бы в двух кварталах.',
  notLearned: 'История ещё копируется или слишком мала.',
};
