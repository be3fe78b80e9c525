import { isObject, type JsonObject } from '../common/json.js';
import { rowsOf, textOf } from '../common/values.js';
import { numericId } from './schema.js';

/** Names of the fields of our action's settings, as the widget's manifest declares them. */
const KEY_FIELD = 'key';
const TEMPLATE_FIELD = 'template';

/** A call of the action in a stage of the digital pipeline, read and not yet believed. */
export interface AutomationCall {
  readonly accountKey: string;
  readonly key: string;
  readonly dealId: string;
  readonly templateKey: string | null;
  /** The same entry into the stage has the same id, however often it is told. */
  readonly callId: string;
  /** The deal goes out of the stage. */
  readonly leaves: boolean;
}

const DEAL = '2';

/** The documentation shows JSON, live captures forms with texts only, and two places for the deal's id: all are read. */
export function readAutomation(tree: JsonObject): AutomationCall | string {
  const event = mapIn(tree, 'event');
  const data = mapIn(event, 'data');
  const deal = dealIn(data);
  const accountKey = textOf(tree['account_id'] ?? mapIn(tree, 'account')['id']) ?? '';
  const dealId = textOf(deal['id']) ?? '';
  if (numericId(accountKey) === null) return 'no account';
  if (numericId(dealId) === null) return 'no deal';
  const kind = textOf(deal['element_type'] ?? data['element_type']);
  if (kind !== null && kind !== DEAL) return 'not a deal';
  const settings = settingsIn(mapIn(tree, 'action'));
  const template = (textOf(settings[TEMPLATE_FIELD]) ?? '').trim();
  const place = [deal['pipeline_id'], deal['status_id'], event['time']].map((part) => textOf(part) ?? '');
  return {
    accountKey,
    key: textOf(settings[KEY_FIELD]) ?? '',
    dealId,
    templateKey: template === '' ? null : template.slice(0, 128),
    callId: [dealId, ...place].join(':').slice(0, 128),
    leaves: deal['direction_of_movement'] === 'went_from_trigger',
  };
}

function dealIn(data: JsonObject): JsonObject {
  if (textOf(data['id']) !== null) return data;
  const actions = mapIn(data, 'leads');
  return Object.values(actions).flatMap((items) => rowsOf(items))[0] ?? {};
}

/** `settings.widget.settings`, and some senders leave the middle out. */
function settingsIn(action: JsonObject): JsonObject {
  const outer = mapIn(action, 'settings');
  const widget = mapIn(outer, 'widget');
  return isObject(widget['settings']) ? widget['settings'] : outer;
}

function mapIn(tree: JsonObject, name: string): JsonObject {
  const value = tree[name];
  return isObject(value) ? value : {};
}
