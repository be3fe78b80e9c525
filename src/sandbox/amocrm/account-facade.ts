import type {
  PortalDeal,
  PortalDealChanges,
  PortalDealDraft,
  PortalDealPage,
  PortalDealQuery,
  PortalStageEntry,
  PortalTask,
  PortalTaskQuery,
} from '../common/page/crm-context.js';
import type { AccountContext, AccountNote } from './account-context.js';
import { integrationView, leadView, noteView, pipelineView, taskView, userView } from './account-views.js';
import type { StageTrigger } from './events/digital-pipeline.js';
import type { AccountStore } from './store/account-store.js';
import { byUser } from './store/cause.js';
import type { AccountChange } from './store/changes.js';
import { disposableToken } from './store/disposable-token.js';
import { installWidget, uninstallWidget } from './store/installation.js';
import type { Integration } from './store/integrations.js';
import { createLead, deleteLead, updateLead, type LeadChanges } from './store/lead-actions.js';
import type { Lead } from './store/lead.js';
import { fullName } from './store/people.js';
import { createNote } from './store/record-actions.js';
import { statusKey, type Status } from './store/statuses.js';
import { deleteTask, updateTask, type TaskChanges } from './store/task-actions.js';
import type { Task } from './store/task.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/** The page's view of the store. */
export class AccountFacade implements AccountContext {
  constructor(private readonly store: AccountStore) {}

  get url(): string {
    return this.store.home;
  }

  get accountId(): number {
    return this.store.accountId;
  }

  get subdomain(): string {
    return this.store.settings.subdomain;
  }

  get companyName(): string {
    return this.store.company.name;
  }

  get language(): 'ru' | 'en' {
    return this.store.company.language;
  }

  now = () => this.store.clock.now();

  users = () => this.store.people.all.map(userView);

  user(userId: number) {
    const person = this.store.people.get(userId);
    return person === undefined ? undefined : userView(person);
  }

  pipelines = () => this.store.pipelines.all.map(pipelineView);

  deals(query: PortalDealQuery): PortalDealPage {
    const suits = suitable(query);
    const leads: Lead[] = [];
    for (const lead of this.store.leads) if (suits(lead)) leads.push(lead);
    const order = query.order ?? 'newest';
    if (order === 'changed') leads.sort((left, right) => right.updated - left.updated || right.id - left.id);
    if (order === 'newest') leads.reverse();
    const offset = Math.max(0, query.offset ?? 0);
    const end = offset + Math.min(MAX_LIMIT, query.limit ?? DEFAULT_LIMIT);
    return { deals: leads.slice(offset, end).map((lead) => leadView(this.store, lead)), total: leads.length };
  }

  deal(dealId: number): PortalDeal | undefined {
    const lead = this.store.leads.get(dealId);
    return lead === undefined ? undefined : leadView(this.store, lead);
  }

  /** From the log of events: where the first move came from is where the lead began. */
  stageHistory(dealId: number): readonly PortalStageEntry[] {
    const lead = this.store.leads.get(dealId);
    if (lead === undefined) return [];
    const rows = this.store.events
      .chain(lead.lastEvent)
      .map((index) => this.store.events.row(index))
      .reverse();
    const moves = rows.flatMap(({ at, statusBefore, statusAfter }) =>
      statusBefore !== null && statusAfter !== null ? [{ at, statusBefore, statusAfter }] : [],
    );
    const first = { at: lead.created, status: moves[0]?.statusBefore ?? lead.status };
    return [first, ...moves.map(({ at, statusAfter }) => ({ at, status: statusAfter }))].map(
      ({ at, status }) => ({ at: at * 1000, pipelineId: status.pipelineId, stageId: statusKey(status) }),
    );
  }

  createDeal(draft: PortalDealDraft, asUserId: number): PortalDeal {
    const { pipelines } = this.store;
    const pipeline = pipelines.pipeline(draft.pipelineId ?? pipelines.main.id) ?? pipelines.main;
    const changes: LeadChanges = {
      name: draft.title,
      status: draft.stageId === undefined ? pipelines.first(pipeline) : this.status(draft.stageId),
      ownerId: draft.ownerId ?? asUserId,
      price: Math.round(draft.amount ?? 0),
    };
    return leadView(this.store, createLead(this.store, changes, byUser(asUserId)));
  }

  moveDeal(dealId: number, stageId: string, asUserId: number): PortalDeal {
    return this.change(dealId, { status: this.status(stageId) }, asUserId);
  }

  updateDeal(dealId: number, changes: PortalDealChanges, asUserId: number): PortalDeal {
    if (changes.ownerId !== undefined) found(this.store.people.get(changes.ownerId), 'no such employee');
    const { title, ownerId, amount } = changes;
    return this.change(
      dealId,
      {
        ...(title === undefined ? {} : { name: title }),
        ...(ownerId === undefined ? {} : { ownerId }),
        ...(amount === undefined ? {} : { price: Math.round(amount) }),
      },
      asUserId,
    );
  }

  deleteDeal(dealId: number, asUserId: number): void {
    deleteLead(this.store, this.lead(dealId), byUser(asUserId));
  }

  tasks(query: PortalTaskQuery): readonly PortalTask[] {
    const { dealId } = query;
    const candidates = dealId === undefined ? [...this.store.tasks] : this.store.tasksOf(dealId);
    return candidates
      .filter((task) => query.userId === undefined || task.ownerId === query.userId)
      .filter((task) => query.open === undefined || task.completed !== query.open)
      .map(taskView);
  }

  task(taskId: number): PortalTask | undefined {
    const task = this.store.tasks.get(taskId);
    return task === undefined ? undefined : taskView(task);
  }

  completeTask = (taskId: number, asUserId: number): PortalTask =>
    this.changeTask(taskId, { completed: true }, asUserId);

  renewTask = (taskId: number, asUserId: number): PortalTask =>
    this.changeTask(taskId, { completed: false }, asUserId);

  completeWithResult(taskId: number, result: string, asUserId: number): void {
    this.changeTask(taskId, { completed: true, result }, asUserId);
  }

  deleteTask(taskId: number, asUserId: number): void {
    deleteTask(this.store, found(this.store.tasks.get(taskId), `no task ${taskId}`), byUser(asUserId));
  }

  notes(dealId: number): readonly AccountNote[] {
    const notes = [...this.store.notes].filter((note) => note.entity === 'leads' && note.entityId === dealId);
    return notes.reverse().map(noteView);
  }

  addNote(dealId: number, text: string, asUserId: number): AccountNote {
    const draft = {
      entity: 'leads',
      entityId: this.lead(dealId).id,
      type: 'common',
      params: { text },
    } as const;
    return noteView(createNote(this.store, draft, byUser(asUserId)));
  }

  integrations = () => this.store.integrations.all().map(integrationView);

  install(integrationId: string, asUserId: number): Promise<number> {
    return installWidget(this.store, this.integration(integrationId), asUserId);
  }

  uninstall(integrationId: string): Promise<number> {
    return uninstallWidget(this.store, this.integration(integrationId));
  }

  saveSettings(integrationId: string, settings: Readonly<Record<string, unknown>>): void {
    this.integration(integrationId).settings = settings;
    this.store.announce({ kind: 'application', id: integrationId });
  }

  disposableToken(integrationId: string, userId: number): Promise<string> {
    const { disposable } = this.store.settings;
    return disposableToken(this.store, this.integration(integrationId), {
      userId,
      expired: disposable === 'expired',
      ...(disposable === 'wrong-audience' ? { audience: 'https://another.example' } : {}),
      ...(disposable === 'wrong-secret' ? { secret: 'another secret' } : {}),
    });
  }

  triggers = (): readonly StageTrigger[] => this.store.digitalPipeline.triggers;

  /** As live accounts call: a form, the lead's id in `event[data][id]`. */
  addTrigger(stageKey: string, url: string, settings: Readonly<Record<string, unknown>>): StageTrigger {
    const { pipelineId, id: statusId } = this.status(stageKey);
    const manner = { encoding: 'form', shape: 'data', multiple: false } as const;
    return this.store.digitalPipeline.add({ pipelineId, statusId, url, settings, ...manner });
  }

  removeTrigger = (id: number): void => this.store.digitalPipeline.remove(id);

  constants(userId: number): Readonly<Record<string, unknown>> {
    const { people, taskTypes, company, settings, accountId } = this.store;
    const person = found(people.get(userId), 'no such employee');
    const managers = people.all.map((one) => ({
      id: String(one.id),
      title: fullName(one),
      option: fullName(one),
      login: one.email,
      active: one.active,
      status: one.active ? 'active' : 'inactive',
      is_admin: one.admin ? 'Y' : 'N',
      free_user: one.free ? 'Y' : 'N',
      group: `group_${one.groupId}`,
    }));
    return {
      user: { id: person.id, login: person.email, name: fullName(person) },
      user_rights: { is_admin: person.admin },
      account: { id: accountId, subdomain: settings.subdomain, timezone: company.timeZone, cf: {} },
      managers: Object.fromEntries(managers.map((one) => [one.id, one])),
      groups: Object.fromEntries(people.groups.map((group) => [`group_${group.id}`, group.name])),
      task_types: Object.fromEntries(taskTypes.map((type) => [type.id, { id: type.id, option: type.name }])),
    };
  }

  subscribe(listener: (change: AccountChange) => void): () => void {
    return this.store.subscribe(listener);
  }

  private change(dealId: number, changes: LeadChanges, asUserId: number): PortalDeal {
    return leadView(this.store, updateLead(this.store, this.lead(dealId), changes, byUser(asUserId)));
  }

  private changeTask(taskId: number, changes: TaskChanges, asUserId: number): PortalTask {
    const task: Task = found(this.store.tasks.get(taskId), `no task ${taskId}`);
    return taskView(updateTask(this.store, task, changes, byUser(asUserId)));
  }

  private lead(id: number): Lead {
    return found(this.store.leads.get(id), `no lead ${id}`);
  }

  private status(key: string): Status {
    const [pipelineId, statusId] = key.split(':').map(Number);
    return found(this.store.pipelines.status(pipelineId ?? 0, statusId ?? 0), `no status ${key}`);
  }

  private integration(id: string): Integration {
    return found(this.store.integrations.get(id), `no integration ${id}`);
  }
}

function found<T>(value: T | undefined, complaint: string): T {
  if (value === undefined) throw new Error(complaint);
  return value;
}

function suitable(query: PortalDealQuery): (lead: Lead) => boolean {
  const search = query.search?.trim().toLowerCase() ?? '';
  const tests: ((lead: Lead) => boolean)[] = [];
  const { pipelineId, stageId, ownerId, open } = query;
  if (pipelineId !== undefined) tests.push((lead) => lead.status.pipelineId === pipelineId);
  if (stageId !== undefined) tests.push((lead) => statusKey(lead.status) === stageId);
  if (ownerId !== undefined) tests.push((lead) => lead.ownerId === ownerId);
  if (open !== undefined) tests.push((lead) => (lead.status.kind === 'open') === open);
  if (search !== '') {
    tests.push((lead) => lead.name.toLowerCase().includes(search) || String(lead.id) === search);
  }
  return (lead) => tests.every((test) => test(lead));
}
