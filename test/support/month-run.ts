import type { MyPushesView, PushedView } from '../../src/features/pushing/pushing.view.js';
import {
  ABSENCES,
  BOSS,
  DAY,
  HEAD,
  HOUR,
  IDLE_SELLER,
  MINUTE,
  moment,
  OPEN_STAGES,
  titleOf,
  type Deed,
  type Month,
} from './month-company.js';
import { startMonthService, type MonthService, type MonthServiceOptions } from './month-service.js';
import { VirtualTime } from './virtual-time.js';

/** What really happened with a deal, by the portal's clock. */
export interface Fact {
  readonly at: number;
  readonly kind: Deed['kind'] | 'answered';
}

export interface AskedPush {
  readonly pushId: string;
  readonly deal: number;
  readonly userId: number;
  readonly at: number;
  answeredAt: number | null;
}

/** A month that was lived through: the product as it is afterwards, and what people did. */
export interface LivedMonth {
  readonly month: Month;
  readonly service: MonthService;
  readonly since: number;
  /** By the number of the deal, ascending. */
  readonly facts: ReadonlyMap<number, readonly Fact[]>;
  /** Ids of the portal by the number of the deal. */
  readonly ids: ReadonlyMap<number, number>;
  readonly pushes: readonly AskedPush[];
  /** What the product answered when an absent seller was to be pushed. */
  readonly refusals: readonly { readonly userId: number; readonly at: number; readonly status: number }[];
  readonly rounds: number;
}

interface Happening {
  readonly at: number;
  readonly run: () => Promise<void>;
}

const PUSH_DAYS = [1, 4, 8, 10, 14, 15, 16, 28, 29, 30];
const RESTART_DAY = 15;
const ON = [
  ['idle', { on: true, delivery: 'instant' }],
  ['firstContactLate', { on: true }],
] as const;

/** Lives through the whole month: people act in the portal, the clock goes on, the service is stopped on the way. */
export async function liveThrough(
  month: Month,
  database: Pick<MonthServiceOptions, 'kind' | 'databaseUrl'>,
): Promise<LivedMonth> {
  const time = new VirtualTime();
  await time.moveTo(month.start + 7 * HOUR);
  const service = await startMonthService({ company: month.company, time, host: 'bitrix24', ...database });
  return new MonthRun(month, service, time).live();
}

class MonthRun {
  private readonly facts = new Map<number, Fact[]>();
  private readonly ids = new Map<number, number>();
  private readonly pushes: AskedPush[] = [];
  private readonly refusals: { userId: number; at: number; status: number }[] = [];
  private readonly agenda: Happening[] = [];
  private rounds = 0;

  constructor(
    private readonly month: Month,
    private readonly service: MonthService,
    private readonly time: VirtualTime,
  ) {}

  async live(): Promise<LivedMonth> {
    const { month, service, time } = this;
    for (const { number, createdAt } of month.deals) {
      if (createdAt >= month.start) continue;
      this.ids.set(number, number);
      this.facts.set(number, [{ at: createdAt, kind: 'created' }]);
    }
    const admin = await service.as(BOSS);
    for (const [rule, change] of ON) demand(await admin.send('PUT', `/api/rules/${rule}`, change));
    const since = time.now();
    this.plan();
    await service.settle();
    for (let at = await this.nextMoment(); at < month.end; at = await this.nextMoment()) await this.step(at);
    await time.moveTo(month.end);
    const { facts, ids, pushes, refusals, rounds } = this;
    return { month, service, since, facts, ids, pushes, refusals, rounds };
  }

  private plan(): void {
    const { month } = this;
    for (const [at, deeds] of Map.groupBy(month.deeds, (deed) => deed.at)) {
      this.add(at, async () => void (await Promise.all(deeds.map((deed) => this.perform(deed)))));
    }
    for (const absence of ABSENCES) {
      const at = month.start + absence.knownOn * DAY + 8 * HOUR;
      this.add(at, () => this.announce(absence));
    }
    for (const day of PUSH_DAYS) this.add(moment(month.start, day, 11, 10), () => this.push(day));
    // At the very moment of the pushes: their questions and notifications are on their way.
    this.add(moment(month.start, RESTART_DAY, 11, 10), () => this.service.restart());
  }

  private add(at: number, run: () => Promise<void>): void {
    if (at >= this.month.end) return;
    this.agenda.push({ at, run });
    this.agenda.sort((one, other) => one.at - other.at);
  }

  /** What people do next, what the product waits for next, or an hour at which a day has to be looked at anyway. */
  private async nextMoment(): Promise<number> {
    const now = this.time.now();
    const own = this.agenda[0]?.at ?? this.month.end;
    const due = (await this.nextDue(now)) ?? this.month.end;
    const day = Math.floor((now - this.month.start) / DAY);
    const hours = [0, 1].flatMap((ahead) =>
      [3.5, 9.02, 18.02, 19.02].map((hour) => this.month.start + (day + ahead) * DAY + hour * HOUR),
    );
    const hour = hours.find((at) => at > now + MINUTE) ?? this.month.end;
    return Math.max(now, Math.min(own, due, hour));
  }

  private async nextDue(now: number): Promise<number | null> {
    const [row] = await this.service.database().query<{ at: Date | null }>(
      `SELECT min(at) AS at FROM (
         SELECT next_check_at AS at FROM deal_pulse UNION ALL SELECT next_at FROM alert
         UNION ALL SELECT due_at FROM alert_delivery WHERE sent_at IS NULL UNION ALL SELECT next_at FROM push
         UNION ALL SELECT next_at FROM outbox_action) due
       WHERE at > $1 AND at < 'infinity'`,
      [new Date(now)],
    );
    return row?.at?.getTime() ?? null;
  }

  private async step(at: number): Promise<void> {
    await this.time.moveTo(at);
    const isDue = (): boolean => (this.agenda[0]?.at ?? Number.POSITIVE_INFINITY) <= this.time.now();
    if (isDue()) {
      while (isDue()) await this.agenda.shift()?.run();
      await this.service.settle();
    }
    const night = (this.time.now() - this.month.start) % DAY < 4 * HOUR;
    await this.service.tick(night);
    await this.service.settle();
    this.rounds += 1;
  }

  private async perform({ deal, kind }: Deed): Promise<void> {
    const { service } = this;
    const ownerId = this.month.deals.find((one) => one.number === deal)?.ownerId;
    if (kind === 'created') {
      const made = await service.inPortal<{ id: number | string }>('POST', '/deals', {
        title: titleOf(deal),
        stageId: OPEN_STAGES[0],
        ownerId,
        amount: 1_000 * deal,
        as: 0,
      });
      this.ids.set(deal, Number(made.id));
    } else if (kind === 'worked') {
      await service.inPortal('POST', `/deals/${this.idOf(deal)}/activities`, { subject: 'Звонок' });
    } else {
      const moves = this.factsOf(deal).filter((fact) => fact.kind === 'moved').length;
      const stageId =
        kind === 'won' ? 'WON' : kind === 'lost' ? 'LOSE' : (OPEN_STAGES[moves + 1] ?? OPEN_STAGES[0]);
      await service.inPortal('PATCH', `/deals/${this.idOf(deal)}`, { stageId });
    }
    this.note(deal, kind);
  }

  private async announce({ userId, from, to, deputyId }: (typeof ABSENCES)[number]): Promise<void> {
    const admin = await this.service.as(BOSS);
    const day = (number: number): string =>
      new Date(this.month.start + number * DAY + 12 * HOUR).toISOString().slice(0, 10);
    demand(
      await admin.post('/api/company/absences', {
        userId: String(userId),
        from: day(from),
        to: day(to),
        kind: 'vacation',
        deputyId: deputyId === null ? null : String(deputyId),
      }),
    );
  }

  /** The head pushes one deal of three sellers; each seller has another way of answering. */
  private async push(day: number): Promise<void> {
    const head = await this.service.as(HEAD);
    const place = PUSH_DAYS.indexOf(day);
    for (const userId of [IDLE_SELLER, 3 + (place % 3), 7 + (place % 2)]) {
      const mine = this.month.deals.filter((deal) => deal.ownerId === userId && this.isOpen(deal.number));
      const deal = mine[place % mine.length]?.number;
      if (deal === undefined) continue;
      const { status, data } = await head.post<PushedView>('/api/pushes', {
        target: { kind: 'deal', dealId: `D_${this.idOf(deal)}` },
      });
      if (status !== 200) this.refusals.push({ userId, at: this.time.now(), status });
      else this.asked({ pushId: data.push.id, deal, userId, at: this.time.now(), answeredAt: null });
    }
  }

  private asked(push: AskedPush): void {
    this.pushes.push(push);
    const { userId, at } = push;
    // Vera answers through her deputy's own widget; what nobody answers goes up.
    if (userId === 3 || userId === 8) this.add(at + 41 * MINUTE, () => this.press(push));
    if (userId === 7) this.add(at + 3.4 * HOUR, () => this.answer(push, { kind: 'notDone' }));
    if (userId === 4) this.add(at + 5.2 * HOUR, () => this.answer(push, { kind: 'done' }));
    if (userId === 5) this.add(at + 1.1 * HOUR, () => this.answer(push, { kind: 'willBeDone' }));
  }

  private async press(push: AskedPush): Promise<void> {
    const id = this.idOf(push.deal);
    const { activities } = await this.service.inPortal<{
      readonly activities: readonly {
        readonly id: number;
        readonly buttons: readonly { readonly key: string }[];
      }[];
    }>('GET', `/deals/${id}/timeline`);
    const asked = activities.find((one) => one.buttons.some((button) => button.key === 'done'));
    if (!asked) return this.answer(push, { kind: 'done' });
    await this.service.inPortal('POST', `/activities/${asked.id}/press`, {
      button: 'done',
      as: push.userId,
    });
    this.answered(push);
  }

  private async answer(
    push: AskedPush,
    { kind }: { kind: 'done' | 'notDone' | 'willBeDone' },
  ): Promise<void> {
    const seller = await this.service.as(push.userId);
    const mine = await seller.get<MyPushesView>('/api/pushes/mine');
    if (!mine.data.pushes.some((one) => one.id === push.pushId)) return;
    const until = new Date(this.time.now() + 2 * DAY).toISOString();
    demand(
      await seller.post(`/api/pushes/${push.pushId}/answer`, {
        kind,
        ...(kind === 'willBeDone' && { until }),
        ...(kind === 'notDone' && { reasonKey: '', reason: 'Клиент не отвечает' }),
      }),
    );
    this.answered(push);
  }

  private answered(push: AskedPush): void {
    push.answeredAt = this.time.now();
    this.note(push.deal, 'answered');
  }

  private note(deal: number, kind: Fact['kind']): void {
    const known = this.facts.get(deal);
    const fact = { at: this.time.now(), kind };
    if (known) known.push(fact);
    else this.facts.set(deal, [fact]);
  }

  private factsOf(deal: number): readonly Fact[] {
    return this.facts.get(deal) ?? [];
  }

  private isOpen(deal: number): boolean {
    const facts = this.factsOf(deal);
    return facts.length > 0 && !facts.some((fact) => fact.kind === 'won' || fact.kind === 'lost');
  }

  private idOf(deal: number): number {
    const id = this.ids.get(deal);
    if (id === undefined) throw new Error(`deal ${deal} is not in the portal`);
    return id;
  }
}

function demand({ status, data }: { readonly status: number; readonly data: unknown }): void {
  if (status >= 300) throw new Error(`the product refused with ${status}: ${JSON.stringify(data)}`);
}
