export const HOOK_SETTINGS: readonly string[] = [
  ...['lead', 'contact', 'company', 'customer', 'task'].flatMap((entity) => [
    `add_${entity}`,
    `update_${entity}`,
    `delete_${entity}`,
    `responsible_${entity}`,
  ]),
  ...['lead', 'contact', 'company'].map((entity) => `restore_${entity}`),
  ...['lead', 'contact', 'company', 'customer'].map((entity) => `note_${entity}`),
  'status_lead',
  'add_talk',
  'update_talk',
  'add_chat_template_review',
];

export const MAX_HOOKS = 100;
const INVALID_WINDOW_SECONDS = 7200;
const INVALID_LIMIT = 100;

export interface Webhook {
  readonly id: number;
  readonly destination: string;
  settings: readonly string[];
  readonly created: number;
  updated: number;
  readonly createdBy: number;
  readonly sort: number;
  disabled: boolean;
  /** Seconds of the invalid answers of the last two hours. */
  invalid: number[];
}

/** Who is told of changes, and how well they listen. */
export class Webhooks {
  readonly all: Webhook[] = [];
  private lastId = 0;

  find(destination: string): Webhook | undefined {
    return this.all.find((hook) => hook.destination === destination);
  }

  /** A known destination gets the given settings instead of its own. */
  put(destination: string, settings: readonly string[], by: number, now: number, sort: number): Webhook {
    const known = this.find(destination);
    if (known !== undefined) {
      known.settings = settings;
      known.updated = now;
      return known;
    }
    this.lastId += 1;
    const hook: Webhook = {
      id: 1_000_000 + this.lastId,
      destination,
      settings,
      created: now,
      updated: now,
      createdBy: by,
      sort,
      disabled: false,
      invalid: [],
    };
    this.all.push(hook);
    return hook;
  }

  remove(destination: string): boolean {
    const at = this.all.findIndex((hook) => hook.destination === destination);
    if (at < 0) return false;
    this.all.splice(at, 1);
    return true;
  }

  /** More than a hundred invalid answers within two hours, the last one among them, switch the hook off. */
  heard(hook: Webhook, status: number, now: number): void {
    if (status >= 100 && status < 300) return;
    hook.invalid = hook.invalid.filter((at) => at > now - INVALID_WINDOW_SECONDS);
    hook.invalid.push(now);
    if (hook.invalid.length > INVALID_LIMIT) hook.disabled = true;
  }
}
