import { RestError } from '../wire/rest-error.js';
import { asRecord, asText } from './params.js';

type Fields = Readonly<Record<string, unknown>>;

const PARTS = ['icon', 'header', 'body', 'footer'];
const ACTION_FIELDS = ['type', 'id', 'uri', 'actionParams', 'animationType', 'sliderParams'];
const ACTION_NEEDS: Readonly<Record<string, readonly string[]>> = {
  redirect: ['uri'],
  restEvent: ['id'],
  openRestApp: [],
};
const BLOCK_NEEDS: Readonly<Record<string, readonly string[]>> = {
  text: ['value'],
  largeText: ['value'],
  link: ['text', 'action'],
  withTitle: ['title', 'block'],
  lineOfBlocks: ['blocks'],
  deadline: [],
};
const MOST_BLOCKS = 20;
const MOST_BUTTONS = 2;

/** Strict as the host is: what is missing, superfluous, too many or misspelt is refused by name. */
export function checkLayout(value: unknown): void {
  const layout = asRecord(value);
  only(layout, PARTS, 'layout');
  need(layout, ['icon', 'header', 'body'], 'layout');
  only(asRecord(layout['icon']), ['code'], 'icon');
  need(asRecord(layout['icon']), ['code'], 'icon');
  const header = asRecord(layout['header']);
  only(header, ['title', 'titleAction', 'tags'], 'header');
  need(header, ['title'], 'header');
  checkBody(asRecord(layout['body']));
  if (layout['footer'] !== undefined) checkFooter(asRecord(layout['footer']));
}

export function layoutTitle(value: unknown): string {
  return asText(asRecord(asRecord(value)['header'])['title']);
}

/** Buttons of a layout in their order: what the page draws and a person presses. */
export function buttonsOf(value: unknown): readonly (readonly [key: string, button: Fields])[] {
  const footer = asRecord(asRecord(value)['footer']);
  return Object.entries(asRecord(footer['buttons'])).map(([key, button]) => [key, asRecord(button)]);
}

/** The readable texts of the body. */
export function textsOf(value: unknown): readonly string[] {
  const blocks = asRecord(asRecord(asRecord(value)['body'])['blocks']);
  return Object.values(blocks)
    .map((block) => asText(asRecord(asRecord(block)['properties'])['value']))
    .filter((text) => text !== '');
}

function checkBody(body: Fields): void {
  only(body, ['logo', 'blocks'], 'body');
  need(body, ['blocks'], 'body');
  const blocks = asRecord(body['blocks']);
  atMost(blocks, MOST_BLOCKS, 'blocks');
  keys(blocks, 'blocks');
  for (const block of Object.values(blocks)) checkBlock(asRecord(block));
}

function checkBlock(block: Fields): void {
  const type = oneOf(block, 'type', Object.keys(BLOCK_NEEDS), 'block');
  const properties = asRecord(block['properties']);
  need(properties, BLOCK_NEEDS[type] ?? [], type);
  if (type === 'withTitle') checkBlock(asRecord(properties['block']));
  if (type === 'link') checkAction(asRecord(properties['action']));
  if (type !== 'lineOfBlocks') return;
  for (const inner of Object.values(asRecord(properties['blocks']))) checkBlock(asRecord(inner));
}

function checkFooter(footer: Fields): void {
  only(footer, ['buttons', 'menu'], 'footer');
  const buttons = asRecord(footer['buttons']);
  atMost(buttons, MOST_BUTTONS, 'buttons');
  keys(buttons, 'buttons');
  for (const value of Object.values(buttons)) {
    const button = asRecord(value);
    only(button, ['title', 'type', 'action', 'scope', 'hideIfReadonly'], 'button');
    need(button, ['title', 'action'], 'button');
    oneOf(button, 'type', ['primary', 'secondary'], 'button');
    checkAction(asRecord(button['action']));
  }
}

function checkAction(action: Fields): void {
  only(action, ACTION_FIELDS, 'action');
  const type = oneOf(action, 'type', Object.keys(ACTION_NEEDS), 'action');
  need(action, ACTION_NEEDS[type] ?? [], 'action');
  if (action['animationType'] !== undefined) oneOf(action, 'animationType', ['loader', 'disable'], 'action');
  atMost(asRecord(action['actionParams']), 20, 'actionParams');
}

function need(fields: Fields, names: readonly string[], where: string): void {
  for (const name of names) {
    const value = fields[name];
    if (value === undefined || value === null || value === '') {
      throw new RestError(400, 'FIELD_IS_REQUIRED', `Field "${name}" of "${where}" is required`);
    }
  }
}

function only(fields: Fields, names: readonly string[], where: string): void {
  const odd = Object.keys(fields).find((name) => !names.includes(name));
  if (odd !== undefined) {
    throw new RestError(400, 'FIELD_IS_REDUNDANT', `Field "${odd}" of "${where}" is redundant`);
  }
}

function oneOf(fields: Fields, name: string, values: readonly string[], where: string): string {
  need(fields, [name], where);
  const text = asText(fields[name]);
  if (!values.includes(text)) {
    throw new RestError(
      400,
      'ENUM_FIELD',
      `Field "${name}" of "${where}" must be one of ${values.join(', ')}`,
    );
  }
  return text;
}

function atMost(fields: Fields, most: number, where: string): void {
  if (Object.keys(fields).length > most) {
    throw new RestError(400, 'TOO_MANY_ITEMS', `Field "${where}" has more than ${most} items`);
  }
}

function keys(fields: Fields, where: string): void {
  if (Object.keys(fields).some((key) => !/^[\w-]+$/.test(key))) {
    throw new RestError(400, 'KEY_CONTAIN_WRONG_SYMBOLS', `Keys of "${where}" contain wrong symbols`);
  }
}
