import type { Edition, TemplateOutline } from './edition.js';
import { answered, fromEndOf, fromEntry, names, step, tries } from './outline.js';

/** Request, contact, offer, payment: the short way for a purchase that is decided in days. */
export const transactional: TemplateOutline = {
  key: 'transactional',
  onWon: { openSteps: 'byExitPolicy', closingSteps: 'skip' },
  onLost: { openSteps: 'cancel', closingSteps: 'skip' },
  stages: [
    {
      key: 'new',
      kind: 'open',
      synonyms: names(
        'Новая, Новая заявка, Новый лид, Не обработан, New, New lead, New request, Prospecting, Неразобранное, Incoming leads',
      ),
      steps: [
        step('first-contact', fromEntry(15, 'workingMinutes'), 10, {
          result: 'choice',
          choices: ['talked', 'callBack', 'messaged'],
          repeat: tries(3, 4, 'workingHours', { closeDeal: true }),
        }),
        step('call-back', fromEndOf('first-contact', 1, 'workingDays'), 10, {
          after: ['first-contact'],
          when: answered('first-contact', 'callBack', 'messaged'),
        }),
      ],
    },
    {
      key: 'contact',
      kind: 'open',
      synonyms: names(
        'Связались с клиентом, Контакт установлен, Квалификация, Переговоры, Contacted, Qualification, Engaging, Первичный контакт, Initial contact, Discussions',
      ),
      steps: [
        step('need', fromEntry(1, 'workingDays'), 20, { result: 'text' }),
        step('budget', fromEntry(1, 'workingDays'), 5, { optional: true, result: 'number' }),
      ],
    },
    {
      key: 'offer',
      kind: 'open',
      synonyms: names(
        'Предложение отправлено, КП отправлено, КП направлено, Offer sent, Proposal, Quote sent, Принимают решение, Подготовка документов, Decision making, Prepare documents',
      ),
      steps: [
        step('send-offer', fromEntry(4, 'workingHours'), 30, { result: 'link' }),
        step('offer-answer', fromEndOf('send-offer', 1, 'workingDays'), 15, {
          after: ['send-offer'],
          result: 'choice',
          choices: ['agreed', 'doubts', 'declined'],
          reentry: 'newPass',
        }),
        step('doubts', fromEndOf('offer-answer', 2, 'workingDays'), 20, {
          after: ['offer-answer'],
          when: answered('offer-answer', 'doubts'),
          reentry: 'newPass',
        }),
      ],
    },
    {
      key: 'payment',
      kind: 'open',
      synonyms: names(
        'Ждём оплату, Счёт выставлен, Оплата, Awaiting payment, Invoice sent, Payment, Согласование договора, Счёт на предоплату, Contract discussion, Prepayment invoice',
      ),
      steps: [
        step('invoice', fromEntry(2, 'workingHours'), 15),
        step('payment-reminder', fromEndOf('invoice', 2, 'workingDays', '10:00'), 10, {
          after: ['invoice'],
          repeat: tries(3, 1, 'workingDays', { timeOfDay: '10:00', closeDeal: false }),
        }),
        step('payment-check', fromEndOf('invoice', 5, 'workingDays', '10:00'), 10, {
          after: ['invoice'],
          result: 'choice',
          choices: ['full', 'part', 'none'],
        }),
      ],
    },
    {
      key: 'paid',
      kind: 'won',
      synonyms: names('Оплачено, Сделка успешна, Успешно реализовано, Won, Paid'),
      steps: [],
    },
    {
      key: 'lost',
      kind: 'lost',
      synonyms: names('Не купили, Сделка провалена, Отказ, Lost, Not bought'),
      steps: [],
    },
  ],
};

export const transactionalRu: Edition = {
  language: 'ru',
  name: 'Короткая продажа',
  description:
    'Заявка, разговор, предложение, оплата. Для покупок, о которых клиент решает за несколько дней.',
  stages: {
    new: { name: 'Новая заявка', meaning: 'Клиент оставил заявку, с ним ещё никто не говорил' },
    contact: { name: 'Связались с клиентом', meaning: 'Разговор состоялся, выясняем, что нужно' },
    offer: { name: 'Предложение отправлено', meaning: 'Клиент получил цену и условия, думает' },
    payment: { name: 'Ждём оплату', meaning: 'Клиент согласен, счёт у него' },
    paid: { name: 'Оплачено', meaning: 'Деньги пришли полностью' },
    lost: { name: 'Не купили', meaning: 'Клиент отказался или купил у других' },
  },
  steps: {
    'first-contact': {
      title: 'Позвоните по новой заявке',
      goal: 'Поговорить, пока клиент ещё думает о покупке и не ушёл к другим.',
      say: '«Здравствуйте! Вы оставили у нас заявку. Удобно сейчас две минуты? Расскажите, что вам нужно и к какому сроку».',
      done: 'Вы поговорили с клиентом или договорились, когда поговорите. Никто не ответил — отметьте попытку и позвоните в другое время.',
      ask: 'Чем закончился звонок?',
      choices: {
        talked: 'Поговорили',
        callBack: 'Просит перезвонить',
        messaged: 'Ответил в переписке',
      },
      exhausted: 'Трижды звонили, никто не ответил',
    },
    'call-back': {
      title: 'Перезвоните, как договорились',
      goal: 'Сдержать слово: клиент замечает, кто перезвонил вовремя.',
      say: '«Вы просили позвонить в это время. Удобно? Тогда два вопроса: что вам нужно и к какому сроку?»',
      done: 'Разговор состоялся, и вы знаете, зачем обратился клиент.',
    },
    need: {
      title: 'Выясните, что нужно клиенту',
      goal: 'Понять задачу так, чтобы предложение попало в неё с первого раза.',
      say: '«Для чего вам это? Как решаете вопрос сейчас? Что будет для вас хорошим результатом? Когда нужно?»',
      done: 'Вы можете одной фразой сказать, что клиент покупает и зачем.',
      ask: 'Что нужно клиенту и к какому сроку?',
    },
    budget: {
      title: 'Уточните, на какую сумму клиент рассчитывает',
      goal: 'Не предложить слишком дорогое и не продать слишком мало.',
      say: '«Чтобы не предлагать лишнего: в какую сумму хотите уложиться?»',
      done: 'Сумма названа хотя бы примерно.',
      ask: 'На какую сумму рассчитывает клиент?',
      unit: '₽',
    },
    'send-offer': {
      title: 'Отправьте предложение',
      goal: 'Дать клиенту ясную цену, пока разговор свежий.',
      say: '«Как договорились, отправляю предложение: что входит, сколько стоит и когда будет готово. Завтра позвоню, отвечу на вопросы».',
      done: 'Предложение у клиента, вы договорились, когда созвонитесь.',
      ask: 'Ссылка на предложение',
    },
    'offer-answer': {
      title: 'Позвоните и узнайте решение',
      goal: 'Услышать «да», «нет» или настоящее сомнение.',
      say: '«Посмотрели предложение? Что подходит, а что смущает? Если всё устраивает, выставляю счёт».',
      done: 'Клиент ответил прямо, и вы знаете следующий шаг.',
      ask: 'Что ответил клиент?',
      choices: { agreed: 'Согласен', doubts: 'Сомневается', declined: 'Отказывается' },
    },
    doubts: {
      title: 'Снимите сомнения клиента',
      goal: 'Ответить на то, что мешает купить, а не на всё подряд.',
      say: '«Правильно понимаю, вас останавливает вот это? Если решим этот вопрос, вы готовы купить?»',
      done: 'Сомнение названо и снято, либо стало ясно, что покупки не будет.',
    },
    invoice: {
      title: 'Выставьте счёт',
      goal: 'Чтобы клиент мог заплатить сегодня.',
      say: '«Счёт у вас на почте. Если оплатите до конца дня, отгрузим уже завтра. Когда ждать оплату?»',
      done: 'Счёт отправлен, клиент назвал день оплаты.',
    },
    'payment-reminder': {
      title: 'Напомните об оплате',
      goal: 'Счёт не должен потеряться в почте.',
      say: '«Проверяю, дошёл ли счёт. Всё ли верно? На какой день поставить отгрузку?»',
      done: 'Клиент подтвердил день оплаты или сказал, что мешает.',
      exhausted: 'Трижды напомнили о счёте, клиент не отвечает',
    },
    'payment-check': {
      title: 'Проверьте, пришли ли деньги',
      goal: 'Закрыть сделку деньгами, а не обещанием.',
      say: 'Посмотрите поступления. Если денег нет, позвоните: «Оплаты пока не вижу. Что случилось, чем помочь?»',
      done: 'Вы знаете точно, сколько пришло.',
      ask: 'Деньги пришли?',
      choices: { full: 'Полностью', part: 'Частично', none: 'Не пришли' },
    },
  },
};

export const transactionalEn: Edition = {
  language: 'en',
  name: 'Quick sale',
  description: 'Request, conversation, offer, payment. For purchases that a client decides on within days.',
  stages: {
    new: { name: 'New request', meaning: 'The client left a request, nobody has talked to them yet' },
    contact: { name: 'Contacted', meaning: 'We have talked and are finding out what is needed' },
    offer: { name: 'Offer sent', meaning: 'The client has the price and terms and is thinking' },
    payment: { name: 'Awaiting payment', meaning: 'The client agreed and has the invoice' },
    paid: { name: 'Paid', meaning: 'The money has arrived in full' },
    lost: { name: 'Not bought', meaning: 'The client refused or bought elsewhere' },
  },
  steps: {
    'first-contact': {
      title: 'Call about the new request',
      goal: 'Talk while the client is still thinking about buying and has not gone elsewhere.',
      say: '“Hello! You left a request with us. Do you have two minutes? Tell me what you need and by when.”',
      done: 'You have talked, or agreed when to talk. If nobody answered, log the try and call at another time of day.',
      ask: 'How did the call end?',
      choices: { talked: 'We talked', callBack: 'Asked to call back', messaged: 'Answered in writing' },
      exhausted: 'Called three times, nobody answered',
    },
    'call-back': {
      title: 'Call back as agreed',
      goal: 'Keep your word: a client notices who calls on time.',
      say: '“You asked me to call at this time. Is this a good time? Then two questions: what do you need, and by when?”',
      done: 'You have talked and know what the client came for.',
    },
    need: {
      title: 'Find out what the client needs',
      goal: 'Understand the task well enough for the first offer to fit.',
      say: '“What do you need it for? How do you manage now? What would a good result look like? When do you need it?”',
      done: 'You can say in one sentence what the client is buying and why.',
      ask: 'What does the client need, and by when?',
    },
    budget: {
      title: 'Ask what the client expects to spend',
      goal: 'Neither offer too much nor sell too little.',
      say: '“So that I do not offer more than you need: what sum do you have in mind?”',
      done: 'You have a figure, even a rough one.',
      ask: 'How much does the client expect to spend?',
    },
    'send-offer': {
      title: 'Send the offer',
      goal: 'Give the client a clear price while the conversation is fresh.',
      say: '“As agreed, here is the offer: what is included, what it costs and when it will be ready. I will call tomorrow to answer questions.”',
      done: 'The client has the offer, and you have agreed when to talk.',
      ask: 'Link to the offer',
    },
    'offer-answer': {
      title: 'Call and hear the decision',
      goal: 'Hear a yes, a no, or the real doubt.',
      say: '“Have you looked at the offer? What suits you, what does not? If you are happy with it, I will send the invoice.”',
      done: 'The client gave a straight answer and you know the next step.',
      ask: 'What did the client say?',
      choices: { agreed: 'Agrees', doubts: 'Has doubts', declined: 'Declines' },
    },
    doubts: {
      title: 'Settle the client’s doubts',
      goal: 'Answer what stands in the way, not everything at once.',
      say: '“Do I understand you right: this is what holds you back? If we solve it, are you ready to buy?”',
      done: 'The doubt is named and settled, or it is clear that there will be no purchase.',
    },
    invoice: {
      title: 'Send the invoice',
      goal: 'Let the client pay today.',
      say: '“The invoice is in your mail. If you pay by the end of the day, we ship tomorrow. When should we expect the payment?”',
      done: 'The invoice is sent and the client named a day of payment.',
    },
    'payment-reminder': {
      title: 'Remind about the payment',
      goal: 'The invoice must not get lost in the mail.',
      say: '“I am checking that the invoice reached you. Is everything right? What day shall we plan the delivery for?”',
      done: 'The client confirmed the day of payment or said what is in the way.',
      exhausted: 'Reminded three times of the invoice, the client does not answer',
    },
    'payment-check': {
      title: 'Check that the money has come',
      goal: 'Close the deal with money, not with a promise.',
      say: 'Look at the receipts. If there is nothing, call: “I do not see the payment yet. What happened, how can I help?”',
      done: 'You know exactly how much has come.',
      ask: 'Has the money come?',
      choices: { full: 'In full', part: 'In part', none: 'Not yet' },
    },
  },
};
