import type { PortalStore } from '../store/portal-store.js';
import type { Task } from '../store/task.js';
import type { Answer, Call, Method } from './method.js';
import { asFlag, asNumber, asText } from './params.js';
import { requireTask } from './task-methods.js';

const SCOPE = 'task|tasks';
const CHECKLIST = ['TASKID', 'ITEMID', 'FIELDS'] as const;

/** Checklists and comments: parameters are met by order, whatever they are called. */
export function taskPartMethods(store: PortalStore): readonly Method[] {
  const find = (call: Call): Task => requireTask(store, call, asNumber(call.params.get('TASKID')));
  const setComplete =
    (complete: boolean) =>
    (call: Call): Answer => {
      const item = find(call).checklist.find((known) => known.id === asNumber(call.params.get('ITEMID')));
      if (item === undefined) {
        return { result: false };
      }
      item.complete = complete;
      return { result: true };
    };
  return [
    {
      name: 'task.checklistitem.add',
      scope: SCOPE,
      positional: ['TASKID', 'FIELDS'],
      run: (call) => {
        const fields = call.params.record('FIELDS');
        const item = {
          id: store.nextPartId(),
          parentId: asNumber(fields['PARENT_ID']) || 0,
          title: asText(fields['TITLE']),
          sort: asNumber(fields['SORT_INDEX']) || 0,
          complete: asFlag(fields['IS_COMPLETE']),
        };
        find(call).checklist.push(item);
        return { result: item.id };
      },
    },
    {
      name: 'task.checklistitem.getlist',
      scope: SCOPE,
      positional: ['TASKID'],
      run: (call) => ({
        result: find(call).checklist.map((item) => ({
          ID: String(item.id),
          TASK_ID: call.params.text('TASKID'),
          PARENT_ID: String(item.parentId),
          TITLE: item.title,
          SORT_INDEX: String(item.sort),
          IS_COMPLETE: item.complete ? 'Y' : 'N',
        })),
      }),
    },
    { name: 'task.checklistitem.complete', scope: SCOPE, positional: CHECKLIST, run: setComplete(true) },
    { name: 'task.checklistitem.renew', scope: SCOPE, positional: CHECKLIST, run: setComplete(false) },
    deleteItemMethod(find),
    commentMethod(store, find),
  ];
}

function commentMethod(store: PortalStore, find: (call: Call) => Task): Method {
  return {
    name: 'task.commentitem.add',
    scope: SCOPE,
    positional: ['TASKID', 'FIELDS'],
    run: (call) => {
      const task = find(call);
      const fields = call.params.record('FIELDS');
      const comment = {
        id: store.nextPartId(),
        authorId: call.caller.person.id,
        text: asText(fields['POST_MESSAGE']),
      };
      task.comments.push(comment);
      const after = { ID: comment.id, TASK_ID: task.id };
      const data = { FIELDS_BEFORE: 'undefined', FIELDS_AFTER: after };
      store.events.emit('ONTASKCOMMENTADD', `comment:${comment.id}`, data, call.cause);
      return { result: comment.id };
    },
  };
}

function deleteItemMethod(find: (call: Call) => Task): Method {
  return {
    name: 'task.checklistitem.delete',
    scope: SCOPE,
    positional: CHECKLIST,
    run: (call) => {
      const items = find(call).checklist;
      const index = items.findIndex((item) => item.id === asNumber(call.params.get('ITEMID')));
      items.splice(index, index === -1 ? 0 : 1);
      return { result: index !== -1 };
    },
  };
}
