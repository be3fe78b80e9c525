import { encodeBracketForm } from '../../common/bracket-form.js';
import type { AccountStore } from '../store/account-store.js';
import type { Lead } from '../store/lead.js';
import type { Status } from '../store/statuses.js';

const LEAD = 2;
const TYPES = { lead_added: 1, lead_status_changed: 14 } as const;

/** An action of our widget that an administrator put on a stage. */
export interface StageTrigger {
  readonly id: number;
  readonly pipelineId: number;
  readonly statusId: number;
  readonly url: string;
  /** What the settings of the action were saved with. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Forms are what live accounts send; JSON is what the documentation shows. */
  readonly encoding: 'form' | 'json';
  /** Where the lead's id stands: `event[data][id]`, or as in an account's own hook. */
  readonly shape: 'data' | 'leads';
  /** Stretched over more stages: tells also of leads that leave. */
  readonly multiple: boolean;
}

/** Calls of the digital pipeline: one per lead and entry, never again. */
export class DigitalPipeline {
  readonly triggers: StageTrigger[] = [];
  private lastId = 0;

  constructor(private readonly store: AccountStore) {}

  add(draft: Omit<StageTrigger, 'id'>): StageTrigger {
    this.lastId += 1;
    const trigger = { id: this.lastId, ...draft };
    this.triggers.push(trigger);
    return trigger;
  }

  remove(id: number): void {
    const at = this.triggers.findIndex((one) => one.id === id);
    if (at >= 0) this.triggers.splice(at, 1);
  }

  entered(lead: Lead, from: Status | null): void {
    const type = from === null ? 'lead_added' : 'lead_status_changed';
    for (const trigger of this.triggers) {
      if (stands(trigger, lead.status)) this.call(trigger, lead, type, 'went_to_trigger');
      else if (trigger.multiple && from !== null && stands(trigger, from)) {
        this.call(trigger, lead, type, 'went_from_trigger');
      }
    }
  }

  private call(trigger: StageTrigger, lead: Lead, type: keyof typeof TYPES, direction: string): void {
    const body = this.body(trigger, lead, type, direction);
    const json = trigger.encoding === 'json';
    this.store.sender.deliver({
      url: trigger.url,
      body: () => (json ? JSON.stringify(body) : encodeBracketForm(body)),
      ...(json ? { contentType: 'application/json' } : {}),
    });
  }

  private body(trigger: StageTrigger, lead: Lead, type: keyof typeof TYPES, direction: string) {
    const place = {
      id: lead.id,
      status_id: lead.status.id,
      pipeline_id: lead.status.pipelineId,
    };
    const data =
      trigger.shape === 'data'
        ? { ...place, element_type: LEAD, direction_of_movement: direction }
        : { leads: { status: [place] } };
    return {
      event: { type: TYPES[type], type_code: type, data, time: this.store.clock.seconds() },
      action: { settings: { widget: { settings: trigger.settings } } },
      subdomain: this.store.settings.subdomain,
      account_id: this.store.accountId,
    };
  }
}

function stands(trigger: StageTrigger, status: Status): boolean {
  return trigger.pipelineId === status.pipelineId && trigger.statusId === status.id;
}
