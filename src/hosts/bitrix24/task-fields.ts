import type { TaskDraft } from '../../contract/client.js';
import type { QueryTree, QueryValue } from '../common/query.js';
import { hostTime } from './schema.js';

const LONGEST_TITLE = 250;

/** Classic field names. Absent members of `draft` are left out, so the same function serves creation and change. */
export function classicFields(draft: Partial<TaskDraft>): QueryTree {
  const fields: Record<string, QueryValue> = {};
  if (draft.title !== undefined) fields['TITLE'] = titleOf(draft.title);
  if (draft.description !== undefined) fields['DESCRIPTION'] = escapeBbCode(draft.description);
  if (draft.ownerId !== undefined) fields['RESPONSIBLE_ID'] = draft.ownerId;
  if (draft.dealId !== undefined) fields['UF_CRM_TASK'] = [draft.dealId];
  // A batch cannot carry null: the empty text takes a deadline away.
  if (draft.dueAt !== undefined) fields['DEADLINE'] = draft.dueAt === null ? '' : hostTime(draft.dueAt);
  if (draft.durationMinutes !== undefined) fields['TIME_ESTIMATE'] = (draft.durationMinutes ?? 0) * 60;
  return fields;
}

/** Creation: with control by the creator a completed task would wait for approval and never look done. */
export function classicCreation(draft: TaskDraft, key: string): QueryTree {
  return { ...classicFields(draft), XML_ID: key, TASK_CONTROL: 'N', ALLOW_CHANGE_DEADLINE: 'Y' };
}

export function restV3Creation(draft: TaskDraft, key: string, creatorId: number): QueryTree {
  return {
    title: titleOf(draft.title),
    description: escapeBbCode(draft.description),
    creatorId,
    responsibleId: Number(draft.ownerId),
    ...(draft.dueAt !== null && { deadline: hostTime(draft.dueAt) }),
    crmItemIds: [draft.dealId],
    xmlId: key,
  };
}

function titleOf(title: string): string {
  const plain = title.replace(/\s+/g, ' ').trim();
  // Cut by characters, not by code units: half an emoji is refused.
  return [...plain].length > LONGEST_TITLE ? `${[...plain].slice(0, LONGEST_TITLE).join('')}…` : plain;
}

/**
 * Descriptions are BB code. A zero-width space behind the bracket keeps a tag from being one, and people who read,
 * search or copy the text see it unchanged; entities would show as they are in older clients.
 */
export function escapeBbCode(text: string): string {
  return text.replace(/\[(?=\/?[a-z*]+[\]=\s])/gi, '[\u200B');
}
