import type { Deal } from '../crm/records.js';
import type { NoteCode, PlanPeople } from './plan.types.js';
import type { OwnerRule } from './template.types.js';

export interface StepOwner {
  readonly ownerId: string | null;
  readonly notes: readonly NoteCode[];
}

/**
 * Whose step it is. A change made by hand wins. Without a head the deal's responsible takes the head's steps; the
 * steps of a dismissed user go to the head. Null only when nobody is left, and the notes say why.
 */
export function ownerOf(rule: OwnerRule, byHand: string | null, deal: Deal, people: PlanPeople): StepOwner {
  if (byHand !== null) return active(byHand, ['ownerByHand'], people);
  if (rule.kind === 'user') return active(rule.userId, [], people);
  if (rule.kind === 'departmentHead' && people.departmentHeadId !== null) {
    return active(people.departmentHeadId, [], people);
  }
  const notes: readonly NoteCode[] = rule.kind === 'departmentHead' ? ['noHead'] : [];
  if (deal.ownerId === null) return { ownerId: null, notes: [...notes, 'noOwner'] };
  return active(deal.ownerId, notes, people);
}

function active(userId: string, notes: readonly NoteCode[], people: PlanPeople): StepOwner {
  if (!people.inactive.has(userId)) return { ownerId: userId, notes };
  const head = people.departmentHeadId;
  const replaced = head !== null && !people.inactive.has(head) ? head : null;
  return { ownerId: replaced, notes: [...notes, 'ownerInactive'] };
}
