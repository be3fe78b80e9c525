import { mockBook } from './mock-book.js';
import type { ScreenState } from './screens.js';

const portal = { placement: 'DEFAULT', fixedHeight: 1400 } as const;

/** The Sales Book in every state that a person can meet. */
export const bookStates: readonly ScreenState[] = [
  {
    name: 'book',
    screen: 'book',
    sign: { ru: 'Клиент просит договор', en: 'The client wants the contract' },
    portal,
    change: (scene, language, now) => (scene.routes = { ...scene.routes, ...mockBook(language, now).routes }),
  },
  {
    name: 'book-empty',
    screen: 'book',
    sign: { ru: 'Записей нет', en: 'No entries' },
    portal,
    change: (scene, language, now) =>
      (scene.routes = { ...scene.routes, ...mockBook(language, now, 0).routes }),
  },
  {
    name: 'book-error',
    screen: 'book',
    sign: { ru: 'Не получилось загрузить', en: 'Could not load' },
    portal,
    change: (scene) => (scene.readError = { status: 503, code: 'database-unavailable' }),
  },
  {
    name: 'book-forbidden',
    screen: 'book',
    sign: { ru: 'вам не видна', en: 'You cannot see' },
    portal,
    change: (scene) => (scene.readError = { status: 403, code: 'not-yours' }),
  },
];
