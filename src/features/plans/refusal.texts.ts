import type { CommandRefusal } from '../../domain/plans/step-commands.js';
import { ApiError, type Bilingual } from '../../infra/http/api-error.js';

const TEXTS: Record<CommandRefusal, Bilingual> = {
  resultRequired: {
    ru: 'Этот шаг заканчивается результатом: запишите его и отметьте шаг ещё раз.',
    en: 'This step ends in a result: write it down and mark the step again.',
  },
  resultInvalid: {
    ru: 'Такой результат здесь не подходит: проверьте число, ссылку или выбранный ответ.',
    en: 'That result does not fit here: check the number, the link or the chosen answer.',
  },
  alreadyFinished: {
    ru: 'Этот шаг уже закрыт. Обновите план, чтобы увидеть, кем и чем.',
    en: 'This step is finished already. Refresh the plan to see by whom and how.',
  },
  cancelled: {
    ru: 'План снял этот шаг. Чтобы всё же сделать его, сначала откройте его заново.',
    en: 'The plan withdrew this step. To do it all the same, reopen it first.',
  },
  notFinished: { ru: 'Этот шаг и так открыт.', en: 'This step is open as it is.' },
  reasonTooShort: {
    ru: 'Напишите причину словами, хотя бы пять знаков.',
    en: 'Say the reason in words, five characters at least.',
  },
  reasonTooLong: { ru: 'Причина слишком длинная: сократите её.', en: 'The reason is too long: shorten it.' },
  nothingToUndo: {
    ru: 'Отменять нечего: после этого с шагом уже что-то сделали.',
    en: 'There is nothing to undo: something was done with the step since.',
  },
  undoExpired: {
    ru: 'Отменить уже нельзя, время вышло. Шаг можно открыть заново.',
    en: 'It is too late to undo. You can reopen the step.',
  },
  undoNotYours: {
    ru: 'Это действие сделал другой человек, отменить его может только он.',
    en: 'Somebody else did this, and only they can undo it.',
  },
  notRepeated: {
    ru: 'У этого шага нет повторных попыток: отметьте его результатом.',
    en: 'This step has no further tries: mark it with a result.',
  },
  notAQueue: { ru: 'Этот шаг не из общей очереди.', en: 'This step is not in a group’s queue.' },
  notAMember: {
    ru: 'Взять этот шаг может только тот, кто входит в группу.',
    en: 'Only somebody of the group can take this step.',
  },
  takenAlready: { ru: 'Этот шаг уже взял другой человек.', en: 'Somebody else has taken this step already.' },
  dueInPast: {
    ru: 'Этот срок уже прошёл: выберите время впереди.',
    en: 'That time has passed: choose one ahead.',
  },
  dueTooFar: {
    ru: 'Слишком далёкий срок: не дальше тысячи дней.',
    en: 'That is too far ahead: a thousand days at most.',
  },
  ownerDismissed: {
    ru: 'Этот человек больше не работает в компании: выберите другого.',
    en: 'That person no longer works here: choose somebody else.',
  },
};

const CODES: Record<CommandRefusal, string> = {
  resultRequired: 'result-required',
  resultInvalid: 'result-invalid',
  alreadyFinished: 'already-finished',
  cancelled: 'step-cancelled',
  notFinished: 'not-finished',
  reasonTooShort: 'reason-too-short',
  reasonTooLong: 'reason-too-long',
  nothingToUndo: 'nothing-to-undo',
  undoExpired: 'undo-expired',
  undoNotYours: 'undo-not-yours',
  notRepeated: 'not-repeated',
  notAQueue: 'not-a-queue',
  notAMember: 'not-a-member',
  takenAlready: 'taken-already',
  dueInPast: 'due-in-past',
  dueTooFar: 'due-too-far',
  ownerDismissed: 'owner-dismissed',
};

const BAD_INPUT: ReadonlySet<CommandRefusal> = new Set([
  'resultRequired',
  'resultInvalid',
  'reasonTooShort',
  'reasonTooLong',
  'dueInPast',
  'dueTooFar',
  'ownerDismissed',
]);

/** A refused command as an answer of the API. */
export function refusalError(code: CommandRefusal): ApiError {
  return new ApiError(BAD_INPUT.has(code) ? 400 : 409, CODES[code], TEXTS[code]);
}
