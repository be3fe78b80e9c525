import type { AbsenceView, PeopleView } from '../../../../src/features/company/company.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';
import type { Deeds } from './use-deeds.js';
import type { Part } from './use-part.js';

export type AbsenceDraft = Omit<AbsenceView, 'id' | 'revision'>;

export interface Absences {
  /** Each shows at once what it does and is true when the server agrees. */
  add(draft: AbsenceDraft, words: string): Promise<boolean>;
  change(before: AbsenceView, draft: AbsenceDraft, words: string): Promise<boolean>;
  remove(absence: AbsenceView, words: string): Promise<boolean>;
}

/** What an absence that is not saved yet is called. */
const UNSAVED = 'unsaved';

export function useAbsences(api: ApiClient, deeds: Deeds, people: Part<PeopleView>): Absences {
  const show = (change: (all: readonly AbsenceView[]) => readonly AbsenceView[]): void =>
    people.patch((view) => ({ ...view, absences: change(view.absences) }));
  const swap = (id: string, next: AbsenceView | null): void =>
    show((all) => all.flatMap((one) => (one.id === id ? (next ? [next] : []) : [one])));
  const pathOf = (id: string): string => `/api/company/absences/${encodeURIComponent(id)}`;

  async function refused(failure: ApiFailure, again: () => void): Promise<false> {
    const conflict = failure.code === 'changed-meanwhile' || failure.status === 404;
    if (conflict) await people.reload();
    deeds.refuse({ at: 'absences', failure, conflict, again: failure.passing ? again : null });
    return false;
  }

  const offer = (words: string, undo: (() => void) | null): void =>
    deeds.offer({ at: 'absences', words, undo });

  async function add(draft: AbsenceDraft, words: string, undoable = true): Promise<boolean> {
    const id = `${UNSAVED}-${draft.userId}-${draft.from}`;
    show((all) => [...all, { ...draft, id, revision: 0 }]);
    try {
      const saved = await api.write<AbsenceView>('POST', '/api/company/absences', draft);
      swap(id, saved);
      offer(words, undoable ? () => void remove(saved, words, false) : null);
      return true;
    } catch (error) {
      swap(id, null);
      return refused(asFailure(error), () => void add(draft, words));
    }
  }

  async function change(
    before: AbsenceView,
    draft: AbsenceDraft,
    words: string,
    undoable = true,
  ): Promise<boolean> {
    swap(before.id, { ...before, ...draft });
    try {
      const body = { ...draft, revision: before.revision };
      const saved = await api.write<AbsenceView>('PUT', pathOf(before.id), body);
      swap(before.id, saved);
      offer(words, undoable ? () => void change(saved, draftOf(before), words, false) : null);
      return true;
    } catch (error) {
      swap(before.id, before);
      return refused(asFailure(error), () => void change(before, draft, words));
    }
  }

  async function remove(absence: AbsenceView, words: string, undoable = true): Promise<boolean> {
    swap(absence.id, null);
    try {
      await api.write('DELETE', pathOf(absence.id));
      offer(words, undoable ? () => void add(draftOf(absence), words, false) : null);
      return true;
    } catch (error) {
      show((all) => [...all, absence]);
      return refused(asFailure(error), () => void remove(absence, words));
    }
  }

  return { add, change, remove };
}

export function isUnsaved(absence: AbsenceView): boolean {
  return absence.id.startsWith(UNSAVED);
}

export function draftOf({ userId, from, to, kind, deputyId }: AbsenceView): AbsenceDraft {
  return { userId, from, to, kind, deputyId };
}

/** An absence of the same person that shares a day with the draft; its own former self is none. */
export function overlapOf(
  draft: AbsenceDraft,
  all: readonly AbsenceView[],
  own: string | null,
): AbsenceView | null {
  const found = all.find(
    (one) => one.id !== own && one.userId === draft.userId && one.from <= draft.to && one.to >= draft.from,
  );
  return found ?? null;
}
