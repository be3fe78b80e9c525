import type { AccountStore } from '../store/account-store.js';
import type { Lead } from '../store/lead.js';
import type { CompanyRecord, Contact, Note } from '../store/records.js';
import type { Task } from '../store/task.js';
import { companyForm, contactForm, leadForm, noteForm, taskForm } from './hook-forms.js';

/** How hooks misbehave beyond what any delivery may. */
export interface HookSettings {
  /** `status_lead` never comes although `update_lead` for the same change does. */
  loseStatus: boolean;
  /** Changes of one entity within a second are told once. */
  coalesce: boolean;
}

/** Turns a change of the account into deliveries to whoever subscribed to it. */
export class HookBus {
  readonly settings: HookSettings = { loseStatus: false, coalesce: false };
  private readonly lastTold = new Map<string, number>();

  constructor(private readonly store: AccountStore) {}

  lead(
    action: 'add' | 'update' | 'status' | 'responsible' | 'restore',
    lead: Lead,
    old: Readonly<Record<string, unknown>> = {},
  ): void {
    if (action === 'status' && this.settings.loseStatus) return;
    const setting = `${action}_lead`;
    this.tell(setting, `lead:${lead.id}`, () => ({
      leads: { [action]: [{ ...leadForm(this.store, lead), ...old }] },
    }));
  }

  leadDeleted(lead: Lead): void {
    this.tell('delete_lead', `lead:${lead.id}`, () => ({
      leads: { delete: [{ id: lead.id, status_id: lead.status.id, pipeline_id: lead.status.pipelineId }] },
    }));
  }

  note(on: 'lead' | 'contact', note: Note): void {
    this.tell(`note_${on}`, `note:${note.id}`, () => ({
      [`${on}s`]: { note: [{ note: noteForm(this.store, note) }] },
    }));
  }

  talk(talkId: number, leadId: number): void {
    const fields = { talk_id: talkId, entity_type: 'lead', entity_id: leadId, is_in_work: 1, is_read: 0 };
    this.tell('update_talk', `talk:${talkId}`, () => ({ talk: { update: [fields] } }));
  }

  contact(action: 'add' | 'update', contact: Contact): void {
    this.tell(`${action}_contact`, `contact:${contact.id}`, () => ({
      contacts: { [action]: [contactForm(this.store, contact)] },
    }));
  }

  /** Told under contacts too; the type tells them apart. */
  company(action: 'add' | 'update', company: CompanyRecord): void {
    this.tell(`${action}_company`, `company:${company.id}`, () => ({
      contacts: { [action]: [companyForm(this.store, company)] },
    }));
  }

  task(
    action: 'add' | 'update' | 'delete' | 'responsible',
    task: Task,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    const fields = action === 'delete' ? { id: task.id } : { ...taskForm(this.store, task), ...more };
    this.tell(`${action}_task`, `task:${task.id}`, () => ({ task: { [action]: [fields] } }));
  }

  unsorted(action: 'add' | 'delete', fields: Readonly<Record<string, unknown>>): void {
    this.tell('add_lead', `unsorted:${String(fields['uid'])}`, () => ({ unsorted: { [action]: [fields] } }));
  }

  private tell(setting: string, key: string, fields: () => Readonly<Record<string, unknown>>): void {
    const { plan } = this.store.settings;
    if (plan === 'basic' || this.told(`${setting}\n${key}`)) return;
    for (const hook of this.store.webhooks.all) {
      if (!hook.disabled && hook.settings.includes(setting)) {
        this.store.courier.deliver(hook, { ...fields(), account: this.account() });
      }
    }
  }

  private told(key: string): boolean {
    if (!this.settings.coalesce) return false;
    const now = this.store.clock.seconds();
    const before = this.lastTold.get(key);
    this.lastTold.set(key, now);
    return before === now;
  }

  private account(): Readonly<Record<string, unknown>> {
    const { accountId, settings, home } = this.store;
    return { subdomain: settings.subdomain, id: accountId, _links: { self: home } };
  }
}
