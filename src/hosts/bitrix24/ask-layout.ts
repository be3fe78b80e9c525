import type { JsonObject } from '../common/json.js';
import { isObject } from '../common/json.js';
import type { QueryTree } from '../common/query.js';
import { textOf } from '../common/values.js';
import type { Words } from './portal-words.js';

/** What the button tells us when it is pressed. */
export const DONE_ACTION = 'done';

/**
 * A question with two buttons: "done" is answered on the spot, everything else needs words and opens our own screen on
 * this deal. No truth values in it: inside a batch they would arrive as text, and the host checks layouts strictly.
 */
export function askLayout(title: string, text: string, words: Words | null): QueryTree {
  const buttons = words && {
    done: {
      title: words.done,
      type: 'primary',
      // No animation: it would block the record until our update, and an event that is lost is never sent again.
      action: { type: 'restEvent', id: DONE_ACTION },
    },
    open: {
      title: words.open,
      type: 'secondary',
      action: { type: 'openRestApp', sliderParams: { title } },
    },
  };
  const deadline = words && {
    deadline: {
      type: 'withTitle',
      properties: { title: words.answerBy, block: { type: 'deadline' } },
    },
  };
  return {
    icon: { code: 'info' },
    header: { title },
    body: {
      logo: { code: 'notification' },
      blocks: { text: largeText(text === '' ? title : text), ...deadline },
    },
    ...(buttons && { footer: { buttons } }),
  };
}

/** The same question after its answer: what was asked stays readable, the buttons go. */
export function closedLayout(layout: unknown, text: string): QueryTree {
  const known: JsonObject = isObject(layout) ? layout : {};
  const title = textOf(inside(known, 'header', 'title')) ?? text;
  const asked = textOf(inside(known, 'body', 'blocks', 'text', 'properties', 'value'));
  return {
    icon: { code: 'info' },
    header: { title: title === '' ? '—' : title },
    body: {
      logo: { code: 'notification' },
      blocks: {
        text: largeText(asked ?? title),
        ...(text !== '' && { closed: largeText(text) }),
      },
    },
  };
}

function largeText(value: string): QueryTree {
  return { type: 'largeText', properties: { value } };
}

function inside(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const name of path) current = isObject(current) ? current[name] : undefined;
  return current;
}
