import type { Deal } from '../crm/records.js';
import type { Instant } from '../crm/time.js';
import { fieldValues } from './deal-fields.js';
import type { ManualEdits, NoteCode, PlanPeople } from './plan.types.js';
import type { FieldRole, OwnerRule } from './template.types.js';

/** What an owner is looked up in. */
export interface OwnerFacts {
  readonly deal: Deal;
  readonly people: PlanPeople;
  readonly fieldMap: Readonly<Partial<Record<FieldRole, string>>>;
  readonly now: Instant;
}

export interface StepOwner {
  readonly ownerId: string | null;
  readonly notes: readonly NoteCode[];
  /** The group whose turn has to be taken before anybody owns the step; absent when somebody does. */
  readonly turnOfGroup?: string;
}

/** Whom a rule names, before anybody stands in; null when it finds nobody, and the note says why. */
interface Named {
  readonly userId: string | null;
  readonly note: NoteCode | null;
}

/**
 * Whose step it is, absences apart. A change made by hand wins. Where a rule finds nobody the deal's responsible takes
 * the step; the steps of a dismissed user go to the head. Null when nobody is left, and the notes say why, or when a
 * turn is still to be taken.
 */
export function ownerOf(
  rule: OwnerRule,
  manual: ManualEdits,
  turnOf: string | undefined,
  facts: OwnerFacts,
): StepOwner {
  const { deal, people } = facts;
  if (manual.ownerId !== null) {
    return active(manual.ownerId, [byHand(rule, manual.ownerId, people)], people);
  }
  if (rule.kind === 'roundRobin') return inTurn(rule.group, turnOf, facts);
  const named = whomNames(rule, facts);
  const notes = named.note === null ? [] : [named.note];
  if (named.userId !== null) return active(named.userId, notes, people);
  if (deal.ownerId === null) return { ownerId: null, notes: [...notes, 'noOwner'] };
  return active(deal.ownerId, notes, people);
}

/** Whom the rule names by itself. Of a group in turn only its keeper: turns are taken, not looked up. */
function whomNames(rule: OwnerRule, facts: OwnerFacts): Named {
  const { deal, people } = facts;
  switch (rule.kind) {
    case 'dealResponsible':
      return { userId: deal.ownerId, note: null };
    case 'user':
      return { userId: rule.userId, note: null };
    case 'departmentHead':
      return orNote(people.departmentHeadId, 'noHead');
    case 'field':
      return orNote(
        fieldValues(rule.field, { ...facts, timeZone: people.fallback.timeZone })[0] ?? null,
        'ownerFieldEmpty',
      );
    case 'role':
      return orNote(holderOf(rule.role, people), 'roleVacant');
    case 'roundRobin':
    case 'queue':
      return keeperOf(rule.group, people);
  }
}

/** Whom a hand-over names, if that is somebody who works here. */
export function receiverOf(rule: OwnerRule, facts: OwnerFacts): string | null {
  const { userId } = whomNames(rule, facts);
  return userId === null || facts.people.inactive.has(userId) ? null : userId;
}

/** The best holder who still works here; when all are dismissed the best one, whose head then has the step. */
function holderOf(role: string, people: PlanPeople): string | null {
  const holders = people.roles?.get(role) ?? [];
  return holders.find((userId) => !people.inactive.has(userId)) ?? holders[0] ?? null;
}

function keeperOf(group: string, people: PlanPeople): Named {
  const found = people.groups?.get(group);
  if (!found) return { userId: null, note: 'groupEmpty' };
  const members = found.members.some((userId) => !people.inactive.has(userId));
  return { userId: found.keeperId, note: members ? 'inQueue' : 'groupEmpty' };
}

function orNote(userId: string | null, note: NoteCode): Named {
  return userId === null ? { userId, note } : { userId, note: null };
}

/** A turn that was taken stays taken while its holder works here. */
function inTurn(group: string, turnOf: string | undefined, facts: OwnerFacts): StepOwner {
  const { people } = facts;
  if (turnOf !== undefined && !people.inactive.has(turnOf)) return { ownerId: turnOf, notes: [] };
  const members = people.groups?.get(group)?.members ?? [];
  if (members.some((userId) => !people.inactive.has(userId))) {
    return { ownerId: null, notes: ['turnAhead'], turnOfGroup: group };
  }
  const keeper = people.groups?.get(group)?.keeperId ?? facts.deal.ownerId;
  if (keeper === null) return { ownerId: null, notes: ['groupEmpty', 'noOwner'] };
  return active(keeper, ['groupEmpty'], people);
}

function byHand(rule: OwnerRule, ownerId: string, people: PlanPeople): NoteCode {
  const members = rule.kind === 'queue' ? people.groups?.get(rule.group)?.members : undefined;
  return members?.includes(ownerId) === true ? 'taken' : 'ownerByHand';
}

function active(userId: string, notes: readonly NoteCode[], people: PlanPeople): StepOwner {
  if (!people.inactive.has(userId)) return { ownerId: userId, notes };
  const head = people.departmentHeadId;
  const replaced = head !== null && !people.inactive.has(head) ? head : null;
  return { ownerId: replaced, notes: [...notes, 'ownerInactive'] };
}
