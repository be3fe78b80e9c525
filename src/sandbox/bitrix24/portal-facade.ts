import { frameAuth, launchFrame } from './frame-launch.js';
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
import type {
  FrameAuth,
  FrameLaunch,
  PortalChange,
  PortalContext,
  PortalPlacement,
  PortalPress,
  PortalRobot,
} from './portal-context.js';
import { robotName, suits } from './portal-search.js';
import { activitiesOf, completeActivity, timelineOf } from './portal-timeline.js';
import {
  applicationView,
  dealView,
  notificationView,
  pipelineView,
  placementView,
  taskView,
  userView,
} from './portal-views.js';
import { optionsOf } from './rest/system-methods.js';
import { pressButton } from './store/activity-actions.js';
import { finishInstall, runRobot, uninstall } from './store/application-actions.js';
import type { Application } from './store/applications.js';
import { createDeal, deleteDeal, updateDeal, type DealChanges } from './store/deal-actions.js';
import type { Deal } from './store/deal.js';
import type { Person } from './store/people.js';
import { byUser, type PortalStore } from './store/portal-store.js';
import type { Stage } from './store/stages.js';
import { completeTask, deleteTask, updateTask } from './store/task-actions.js';
import type { Task } from './store/task.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/** The page's view of the store. */
export class PortalFacade implements PortalContext {
  constructor(
    private readonly store: PortalStore,
    readonly protocol: '0' | '1',
  ) {}

  get url(): string {
    return this.store.address().clientEndpoint.replace(/\/rest\/$/, '');
  }

  get domain(): string {
    return this.store.address().domain;
  }

  get memberId(): string {
    return this.store.memberId;
  }

  get companyName(): string {
    return this.store.company.name;
  }

  get language(): 'ru' | 'en' {
    return this.store.company.language;
  }

  get timeZone(): string {
    return this.store.zone.name;
  }

  now(): number {
    return this.store.clock.now();
  }

  users = () => this.store.people.all.map(userView);

  user(userId: number) {
    const person = this.store.people.get(userId);
    return person === undefined ? undefined : userView(person);
  }

  pipelines = () => this.store.pipelines.all.map(pipelineView);

  deals(query: PortalDealQuery): PortalDealPage {
    const found: Deal[] = [];
    for (const deal of this.store.deals) {
      if (suits(deal, query)) {
        found.push(deal);
      }
    }
    const order = query.order ?? 'newest';
    if (order === 'newest') {
      found.reverse();
    } else if (order === 'changed') {
      found.sort((left, right) => right.updated - left.updated || right.id - left.id);
    }
    const offset = Math.max(0, query.offset ?? 0);
    const limit = Math.min(MAX_LIMIT, query.limit ?? DEFAULT_LIMIT);
    const page = found.slice(offset, offset + limit).map((deal) => dealView(this.store, deal));
    return { deals: page, total: found.length };
  }

  deal(dealId: number): PortalDeal | undefined {
    const deal = this.store.deals.get(dealId);
    return deal === undefined ? undefined : dealView(this.store, deal);
  }

  stageHistory(dealId: number): readonly PortalStageEntry[] {
    const chain = this.store.history.chain(this.store.deals.get(dealId)?.lastHistoryId ?? 0);
    return chain.flatMap((id) => {
      const row = this.store.history.get(id);
      return row === undefined
        ? []
        : [{ at: row.at * 1000, pipelineId: row.stage.pipelineId, stageId: row.stage.id }];
    });
  }

  createDeal(draft: PortalDealDraft, asUserId: number): PortalDeal {
    const stage =
      draft.stageId === undefined
        ? this.store.pipelines.first(draft.pipelineId ?? 0)
        : this.requireStage(draft.stageId);
    const changes: DealChanges = { title: draft.title, stage, ownerId: draft.ownerId ?? asUserId };
    if (draft.amount !== undefined) {
      changes.amount = draft.amount;
    }
    if (draft.currency !== undefined) {
      changes.currency = draft.currency;
    }
    return dealView(this.store, createDeal(this.store, changes, byUser(asUserId)));
  }

  moveDeal(dealId: number, stageId: string, asUserId: number): PortalDeal {
    const deal = this.requireDeal(dealId);
    return dealView(
      this.store,
      updateDeal(this.store, deal, { stage: this.requireStage(stageId) }, byUser(asUserId)),
    );
  }

  updateDeal(dealId: number, changes: PortalDealChanges, asUserId: number): PortalDeal {
    if (changes.ownerId !== undefined) {
      this.requirePerson(changes.ownerId);
    }
    return dealView(
      this.store,
      updateDeal(this.store, this.requireDeal(dealId), { ...changes }, byUser(asUserId)),
    );
  }

  deleteDeal(dealId: number, asUserId: number): void {
    deleteDeal(this.store, this.requireDeal(dealId), byUser(asUserId));
  }

  tasks(query: PortalTaskQuery): readonly PortalTask[] {
    const candidates =
      query.dealId === undefined
        ? [...this.store.tasks]
        : this.store.tasks.boundTo(`D_${query.dealId}`).flatMap((id) => this.store.tasks.get(id) ?? []);
    return candidates
      .filter(
        (task) =>
          (query.userId === undefined || task.responsibleId === query.userId) &&
          (query.open === undefined || (task.status !== 5) === query.open),
      )
      .map(taskView);
  }

  task(taskId: number): PortalTask | undefined {
    const task = this.store.tasks.get(taskId);
    return task === undefined ? undefined : taskView(task);
  }

  completeTask(taskId: number, asUserId: number): PortalTask {
    return taskView(completeTask(this.store, this.requireTask(taskId), byUser(asUserId)));
  }

  renewTask(taskId: number, asUserId: number): PortalTask {
    return taskView(updateTask(this.store, this.requireTask(taskId), { status: 2 }, byUser(asUserId)));
  }

  deleteTask(taskId: number, asUserId: number): void {
    deleteTask(this.store, this.requireTask(taskId), byUser(asUserId));
  }

  activities = (dealId: number) => activitiesOf(this.store, dealId);

  timeline = (dealId: number) => timelineOf(this.store, dealId);

  completeActivity = (activityId: number, asUserId: number) =>
    completeActivity(this.store, activityId, asUserId);

  pressButton = (activityId: number, button: string, asUserId: number): PortalPress =>
    pressButton(this.store, activityId, button, asUserId);

  notifications = (userId: number) => this.store.notifications.of(userId).map(notificationView);

  applications = () => this.store.applications.all().map(applicationView);

  placements(code: string): readonly PortalPlacement[] {
    return this.store.applications
      .all()
      .filter((application) => application.state === 'installed')
      .flatMap((application) =>
        application.placements
          .filter((placement) => placement.code === code)
          .map((placement) => placementView(application, placement, this.language)),
      );
  }

  issueFrameAuth(
    applicationId: string,
    userId: number,
    placement: string,
    placementOptions: Readonly<Record<string, unknown>>,
    placementId?: number,
  ): FrameLaunch {
    return launchFrame(this.store, this.protocol, {
      application: this.requireApplication(applicationId),
      person: this.requirePerson(userId),
      placement,
      placementOptions,
      placementId,
    });
  }

  refreshFrameAuth(applicationId: string, userId: number): FrameAuth {
    return frameAuth(this.store, this.requireApplication(applicationId), this.requirePerson(userId));
  }

  finishInstall(applicationId: string): void {
    finishInstall(this.store, this.requireApplication(applicationId));
  }

  async uninstall(applicationId: string, clean: boolean): Promise<void> {
    await uninstall(this.store, this.requireApplication(applicationId), clean);
  }

  appOptions(applicationId: string): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.requireApplication(applicationId).options);
  }

  setAppOption(applicationId: string, name: string, value: unknown): Readonly<Record<string, unknown>> {
    this.requireApplication(applicationId).options.set(name, value);
    return this.appOptions(applicationId);
  }

  userOptions(applicationId: string, userId: number): Readonly<Record<string, unknown>> {
    return Object.fromEntries(optionsOf(this.requireApplication(applicationId), userId));
  }

  setUserOption(
    applicationId: string,
    userId: number,
    name: string,
    value: unknown,
  ): Readonly<Record<string, unknown>> {
    optionsOf(this.requireApplication(applicationId), userId).set(name, value);
    return this.userOptions(applicationId, userId);
  }

  robots(): readonly PortalRobot[] {
    return this.store.applications.all().flatMap((application) =>
      [...application.robots.values()].map((robot) => ({
        code: robot.code,
        name: robotName(robot.fields['NAME'], this.language) ?? robot.code,
        applicationId: application.id,
        properties: (robot.fields['PROPERTIES'] ?? {}) as Readonly<Record<string, unknown>>,
      })),
    );
  }

  async runRobot(code: string, dealId: number, properties: Readonly<Record<string, string>>): Promise<void> {
    await runRobot(this.store, code, dealId, properties);
  }

  subscribe(listener: (change: PortalChange) => void): () => void {
    return this.store.subscribe(listener);
  }

  private requireDeal(id: number): Deal {
    return found(this.store.deals.get(id), `no deal ${id}`);
  }

  private requireTask(id: number): Task {
    return found(this.store.tasks.get(id), `no task ${id}`);
  }

  private requireStage(id: string): Stage {
    return found(this.store.pipelines.stage(id), `no stage ${id}`);
  }

  private requirePerson(id: number): Person {
    return found(this.store.people.get(id), `no employee ${id}`);
  }

  private requireApplication(id: string): Application {
    return found(this.store.applications.get(id), `no application ${id}`);
  }
}

function found<T>(value: T | undefined, complaint: string): T {
  if (value === undefined) {
    throw new Error(complaint);
  }
  return value;
}
