import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ToyDeal {
  readonly id: string;
  title: string;
  pipeline: string;
  stage: string;
  owner: string;
  modified: number;
  readonly created: number;
  products: readonly string[];
  labels: readonly string[];
  reason: string | null;
  worked: number | null;
  readonly own: Record<string, unknown>;
}

export interface ToyField {
  readonly id: string;
  readonly name: string;
  readonly kind: 'text' | 'choice' | 'date' | 'flag';
  readonly several: boolean;
  readonly choices: readonly string[];
}

export interface ToyTask {
  readonly id: string;
  readonly key: string;
  readonly deal: string;
  title: string;
  owner: string;
  due: number | null;
  done: boolean;
  note: string;
  modified: number;
}

/** What was done for an application besides tasks; one entry a key. */
export interface ToyDone {
  readonly id: string;
  readonly key: string;
  readonly action: {
    readonly kind: string;
    readonly dealId?: string;
    readonly userId?: string;
    readonly text?: string;
    readonly title?: string;
  };
  open: boolean;
}

/** What the toy CRM does wrong next. */
export type ToyFault = 'error500' | 'answerLost' | 'emptyPage';

type Params = Readonly<Record<string, unknown>>;

const PAGE = 100;

/**
 * The smallest CRM that deserves the name: one address, JSON both ways, rotating tokens, keyset pages, tasks in bulk with
 * an idempotent key. Nothing in it resembles the real hosts.
 */
export class ToyCrm {
  readonly account = 'toy-account';
  readonly secret = 'toy-hook-secret';
  readonly deals = new Map<string, ToyDeal>();
  readonly tasks = new Map<string, ToyTask>();
  readonly fields: ToyField[] = [];
  /** Calls by their ids: which deal they were about. */
  readonly works = new Map<string, string>();
  readonly done = new Map<string, ToyDone>();
  /** Deals whose followers the application may not touch. */
  readonly closedDeals = new Set<string>();
  readonly hooks = new Set<string>();
  readonly faults: ToyFault[] = [];
  readonly history: {
    readonly id: string;
    readonly deal: string;
    readonly stage: string;
    readonly at: number;
  }[] = [];
  readonly tickets = new Map<string, string>();
  access = 'toy-access-1';
  refresh: string | null = 'toy-refresh-1';
  requests = 0;
  #sequence = 0;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<ToyCrm> {
    const crm = new ToyCrm();
    await new Promise<void>((resolve) => crm.#server.listen(0, '127.0.0.1', resolve));
    return crm;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  addDeal(title: string, owner = 'u1'): ToyDeal {
    const now = Date.now();
    const deal = {
      id: this.#id(),
      title,
      pipeline: 'main',
      stage: 'new',
      owner,
      modified: now,
      created: now,
      products: [],
      labels: [],
      reason: null,
      worked: null,
      own: {},
    };
    this.deals.set(deal.id, deal);
    this.history.push({ id: this.#id(), deal: deal.id, stage: deal.stage, at: now });
    return deal;
  }

  move(id: string, stage: string): void {
    const deal = this.deals.get(id);
    if (!deal || deal.stage === stage) return;
    Object.assign(deal, { stage, modified: Date.now() });
    this.history.push({ id: this.#id(), deal: id, stage, at: deal.modified });
  }

  /** A call: nothing in the deal changes but when somebody last worked on it. */
  work(id: string): string {
    const deal = this.deals.get(id);
    const work = this.#id();
    this.works.set(work, id);
    if (deal) deal.worked = Date.now();
    return work;
  }

  #id(): string {
    this.#sequence += 1;
    return `t${String(this.#sequence).padStart(9, '0')}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const params = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Params;
    const fault = this.faults.shift();
    if (fault === 'error500') return void response.writeHead(500).end('<html>');
    const [status, answer] = this.#answer(request.url ?? '', params);
    if (fault === 'answerLost') return void request.socket.destroy();
    const body = fault === 'emptyPage' && Array.isArray(answer) ? [] : answer;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #answer(path: string, params: Params): readonly [number, unknown] {
    if (path === '/token') return this.#rotate(params);
    if (path === '/whois') {
      const user = this.tickets.get(String(params['ticket']));
      return user ? [200, { account: this.account, user, admin: user === 'u1' }] : [401, {}];
    }
    if (params['token'] !== this.access) return [401, {}];
    const operation = OPERATIONS[path.slice(1)];
    return operation ? [200, operation(this, params)] : [404, {}];
  }

  #rotate(params: Params): readonly [number, unknown] {
    if (this.refresh === null || params['refresh'] !== this.refresh) return [401, {}];
    this.access = `toy-access-${randomUUID()}`;
    this.refresh = `toy-refresh-${randomUUID()}`;
    return [200, { access: this.access, refresh: this.refresh }];
  }

  writeTask(write: Params): Params {
    const now = Date.now();
    if (write['kind'] === 'create') {
      const known = [...this.tasks.values()].find(({ key }) => key === write['key']);
      if (known) return { ok: known.id, modified: known.modified };
      const draft = write['task'] as Omit<ToyTask, 'id' | 'key' | 'done' | 'note' | 'modified'>;
      const task = {
        ...draft,
        id: this.#id(),
        key: String(write['key']),
        done: false,
        note: '',
        modified: now,
      };
      this.tasks.set(task.id, task);
      return { ok: task.id, modified: now };
    }
    const task = this.tasks.get(String(write['id']));
    if (!task) return { gone: true };
    Object.assign(task, write['set'], { modified: now });
    return { ok: task.id, modified: now };
  }
}

interface ToyAction {
  readonly key: string;
  readonly action: Readonly<Record<string, string>>;
}

function act(crm: ToyCrm, { key, action }: ToyAction): Params {
  const known = crm.done.get(key);
  if (known) return { ok: known.id };
  const deal = crm.deals.get(action['dealId'] ?? '');
  if (action['kind'] !== 'notify' && !deal) return { refused: 'gone' };
  if (deal && crm.closedDeals.has(deal.id)) return { refused: 'deal' };
  if (deal) change(crm, deal, action);
  const done = { id: `a${crm.done.size + 1}`, key, action: action as ToyDone['action'], open: true };
  crm.done.set(key, done);
  return { ok: done.id };
}

function change(crm: ToyCrm, deal: ToyDeal, action: ToyAction['action']): void {
  const { kind, stageId = '', userId, hostId } = action;
  if (kind === 'moveStage') crm.move(deal.id, stageId);
  if (kind === 'assign') Object.assign(deal, { owner: userId, modified: Date.now() });
  if (kind !== 'closeAsk') return;
  for (const one of crm.done.values()) if (one.id === hostId) one.open = false;
}

type Operation = (crm: ToyCrm, params: Params) => unknown;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  pipelines: () => [{ id: 'main', name: 'Main', stages: ['new', 'talk', 'won', 'lost'] }],
  users: () => [
    { id: 'u1', name: 'Ann Boss', admin: true },
    { id: 'u2', name: 'Bob Seller', admin: false },
  ],
  deals: (crm, { after, since }) =>
    [...crm.deals.values()]
      .filter(
        ({ id, modified, worked }) =>
          id > String(after) && Math.max(modified, worked ?? 0) >= Number(since ?? 0),
      )
      .slice(0, PAGE),
  fields: (crm) => crm.fields,
  dealsOfWorks: (crm, { ids }) => (ids as readonly string[]).flatMap((id) => crm.works.get(id) ?? []),
  dealsById: (crm, { ids }) => (ids as readonly string[]).flatMap((id) => crm.deals.get(id) ?? []),
  history: (crm, { after }) => crm.history.filter(({ id }) => id > String(after)).slice(0, PAGE),
  tasks: (crm, { after }) => [...crm.tasks.values()].filter(({ id }) => id > String(after)).slice(0, PAGE),
  tasksById: (crm, { ids }) => (ids as readonly string[]).flatMap((id) => crm.tasks.get(id) ?? []),
  tasksByKey: (crm, { keys }) =>
    [...crm.tasks.values()].filter(({ key }) => (keys as readonly string[]).includes(key)),
  write: (crm, { writes }) => (writes as readonly Params[]).map((write) => crm.writeTask(write)),
  act: (crm, { actions }) => (actions as readonly ToyAction[]).map((one) => act(crm, one)),
  actionsByKey: (crm, { keys }) => (keys as readonly string[]).flatMap((key) => crm.done.get(key) ?? []),
  hooks: (crm) => [...crm.hooks],
  hook: (crm, { address, on }) => {
    if (on === true) crm.hooks.add(String(address));
    else crm.hooks.delete(String(address));
    return {};
  },
  time: () => ({ now: Date.now() }),
};
