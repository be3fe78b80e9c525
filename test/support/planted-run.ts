import type { PlanView } from '../../src/features/plans/plan.view.js';
import type { PushedView } from '../../src/features/pushing/pushing.view.js';
import { startMonthService, type MonthService, type MonthServiceOptions } from './month-service.js';
import { ABSENCES, BOSS, HEAD, headOf, titleOf, type Absence } from './planted-company.js';
import { plantedHost, type PlantedHost } from './planted-host.js';
import type { PlantedMonth } from './planted-month.js';
import type { Act, Deed, PlantedDeal } from './planted-script.js';
import { demand, setUp, switchOn, type Reason } from './planted-setup.js';
import type { PlannedPush } from './planted-stories.js';
import { DAY, dateOf, HOUR, MINUTE } from './planted-time.js';
import { VirtualTime } from './virtual-time.js';

export interface PlantedPush extends PlannedPush {
  readonly pushId: string | null;
  readonly madeAt: number;
  answeredAt: number | null;
}

/** A planted month that was lived through. */
export interface LivedPlanted {
  readonly month: PlantedMonth;
  readonly service: MonthService;
  readonly host: PlantedHost;
  /** Ids of the portal by the script's number of the deal. */
  readonly ids: ReadonlyMap<number, number>;
  readonly pushes: readonly PlantedPush[];
  readonly rounds: number;
}

/** How often the product looks at one moment, at most. */
const TICKS = 4;
/** At the very moment of three pushes: their questions and notifications are on their way. */
const RESTART = { day: 2, time: '11:10' } as const;
/** From then on the portal delivers every event twice. */
const TWICE = { day: 3, time: '08:00' } as const;
/** The night's work, and the mornings of both zones. */
const HOURS = [3.5, 7.02, 9.02];
const NIGHT_ENDS = 4 * HOUR;

export async function livePlanted(
  month: PlantedMonth,
  database: Pick<MonthServiceOptions, 'kind' | 'databaseUrl'>,
): Promise<LivedPlanted> {
  const time = new VirtualTime();
  await time.moveTo(month.start + 6 * HOUR);
  const service = await startMonthService({ host: month.host, company: month.company, time, ...database });
  return new PlantedRun(month, service, time).live();
}

class PlantedRun {
  private readonly ids = new Map<number, number>();
  private readonly pushes: PlantedPush[] = [];
  private readonly agenda: { readonly at: number; readonly run: () => Promise<void> }[] = [];
  private inboxTemplate = '';
  private reasons: readonly Reason[] = [];
  private rounds = 0;
  private readonly host: PlantedHost;

  constructor(
    private readonly month: PlantedMonth,
    private readonly service: MonthService,
    private readonly time: VirtualTime,
  ) {
    this.host = plantedHost(service);
  }

  async live(): Promise<LivedPlanted> {
    const { month, service, host, time, ids, pushes } = this;
    for (const { number } of month.script.former) ids.set(number, number);
    ({ inboxTemplate: this.inboxTemplate, reasons: this.reasons } = await setUp(month, service, host));
    this.plan();
    await service.settle();
    for (let at = await this.nextMoment(); at < month.end; at = await this.nextMoment()) await this.step(at);
    await time.moveTo(month.end);
    return { month, service, host, ids, pushes, rounds: this.rounds };
  }

  private plan(): void {
    const { month } = this;
    const { script } = month;
    for (const [at, deeds] of Map.groupBy(script.deeds, (deed) => deed.at))
      this.add(at, async () => void (await Promise.all(deeds.map((deed) => this.perform(deed)))));
    for (const absence of ABSENCES) {
      this.add(script.at(absence.knownOn, '06:00'), () => this.announce(absence));
    }
    for (const push of month.pushes) this.add(push.at, () => this.push(push));
    this.add(month.plansOnAt, async () => {
      const pipeline = this.host.pipelineKey('inbox');
      await switchOn(await this.service.as(BOSS), pipeline, this.inboxTemplate);
    });
    this.add(script.at(RESTART.day, RESTART.time), () => this.service.restart());
    this.add(script.at(TWICE.day, TWICE.time), async () => {
      await this.service.inPortal('POST', '/events', { repeat: 1 });
    });
  }

  private add(at: number, run: () => Promise<void>): void {
    if (at >= this.month.end) return;
    this.agenda.push({ at, run });
    this.agenda.sort((one, other) => one.at - other.at);
  }

  /** What people do next, what the product waits for next, or an hour at which a day has to be looked at anyway. */
  private async nextMoment(): Promise<number> {
    const now = this.time.now();
    const { start, end } = this.month;
    const own = this.agenda[0]?.at ?? end;
    const due = (await this.nextDue(now)) ?? end;
    const day = Math.floor((now - start) / DAY);
    const hours = [0, 1].flatMap((ahead) => HOURS.map((hour) => start + (day + ahead) * DAY + hour * HOUR));
    const hour = hours.find((at) => at > now + MINUTE) ?? end;
    return Math.max(now, Math.min(own, due, hour));
  }

  private async nextDue(now: number): Promise<number | null> {
    const [row] = await this.service.database().query<{ at: Date | null }>(
      `SELECT min(at) AS at FROM (
         SELECT next_check_at AS at FROM deal_pulse UNION ALL SELECT next_at FROM alert
         UNION ALL SELECT check_at FROM silent_loss
         UNION ALL SELECT due_at FROM alert_delivery WHERE sent_at IS NULL UNION ALL SELECT next_at FROM push
         UNION ALL SELECT next_at FROM outbox_action) due
       WHERE at > $1 AND at < 'infinity'`,
      [new Date(now)],
    );
    return row?.at?.getTime() ?? null;
  }

  /** What became due while the round ran, or was left to the next one; digests wait for their morning. */
  private async isDue(): Promise<boolean> {
    const [row] = await this.service.database().query<{ due: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM push WHERE next_at <= $1) OR EXISTS (SELECT 1 FROM alert WHERE next_at <= $1)
         OR EXISTS (SELECT 1 FROM deal_pulse WHERE next_check_at <= $1)
         OR EXISTS (SELECT 1 FROM alert_delivery WHERE due_at <= $1 AND sent_at IS NULL AND delivery <> 'digest')
         AS due`,
      [new Date(this.time.now())],
    );
    return row?.due === true;
  }

  private async step(at: number): Promise<void> {
    await this.time.moveTo(at);
    const isTime = (): boolean => (this.agenda[0]?.at ?? Number.POSITIVE_INFINITY) <= this.time.now();
    if (isTime()) {
      while (isTime()) await this.agenda.shift()?.run();
      await this.service.settle();
    }
    // The product looks every minute; here nobody waits for the next one.
    for (let minute = 0; minute === 0 || (minute < TICKS && (await this.isDue())); minute++) {
      await this.service.tick((this.time.now() - this.month.start) % DAY < NIGHT_ENDS);
      await this.service.settle();
    }
    this.rounds += 1;
  }

  private async announce({ userId, from, to, deputyId }: Absence): Promise<void> {
    const { start } = this.month;
    const admin = await this.service.as(BOSS);
    demand(
      await admin.post('/api/company/absences', {
        ...{ userId: String(userId), from: dateOf(start, from), to: dateOf(start, to), kind: 'vacation' },
        deputyId: deputyId === null ? null : String(deputyId),
      }),
    );
  }

  private async perform({ deal: number, act }: Deed): Promise<void> {
    const deal = this.month.script.deals[number - 1];
    if (!deal) throw new Error(`no deal ${number} in the script`);
    if (act.kind === 'created') return this.create(deal);
    const id = this.idOf(number);
    const { pipeline } = deal;
    const stage =
      act.kind === 'won' ? 'WON' : act.kind === 'lost' ? 'LOSE' : act.kind === 'moved' ? act.stage : null;
    if (stage !== null)
      await this.service.inPortal('PATCH', `/deals/${id}`, { stageId: this.host.stageId(pipeline, stage) });
    else if (act.kind === 'reassigned')
      await this.service.inPortal('PATCH', `/deals/${id}`, { ownerId: act.to, as: BOSS });
    else if (act.kind === 'worked')
      await this.service.inPortal('POST', `/deals/${id}/activities`, { subject: 'Звонок' });
    else if (act.kind === 'dated') await this.host.date(id, act.day);
    else if (act.kind === 'finished') await this.finish(id, act.step);
    else await this.inWidget(deal, id, act);
  }

  private async create({ number, pipeline, stage, ownerId }: PlantedDeal): Promise<void> {
    const made = await this.service.inPortal<{ id: number | string }>('POST', '/deals', {
      ...{ title: titleOf(number), stageId: this.host.stageId(pipeline, stage) },
      ...{ ownerId, amount: 1_000, as: 0 },
    });
    this.ids.set(number, Number(made.id));
  }

  /** In the CRM, where sellers live. */
  private async finish(dealId: number, step: string): Promise<void> {
    const tasks = this.service.portal.context.tasks({ dealId, open: true });
    const task = tasks.find((one) => one.title.startsWith(`Шаг ${step}`));
    if (!task) throw new Error(`no task of the step ${step} in deal ${dealId}`);
    await this.service.inPortal('POST', `/tasks/${task.id}/complete`, {});
  }

  private async inWidget({ ownerId }: PlantedDeal, id: number, act: Act): Promise<void> {
    const dealId = this.host.dealKey(id);
    const head = headOf(ownerId) ?? HEAD;
    const person = await this.service.as(act.kind === 'lostWithReason' ? head : ownerId);
    const reason = 'Клиент попросил подождать';
    const reasonKey = (use: string): string => this.reasons.find((one) => one.uses.includes(use))?.key ?? '';
    const does = async (path: string, body: object): Promise<void> => demand(await person.post(path, body));
    switch (act.kind) {
      case 'accepted':
        return does(`/api/plan/${dealId}/accept`, {});
      case 'launched': {
        const { data } = await person.get<PlanView>(`/api/plan/${dealId}`);
        return does(`/api/plan/${dealId}/launch`, { templateId: data.launch?.templates[0]?.id ?? '' });
      }
      case 'paused':
        return does(`/api/plan/${dealId}/pause`, { until: null, reason });
      case 'postponed': {
        const dueAt = new Date(act.until).toISOString();
        return does(`/api/plan/${dealId}/steps/${act.step}~1/reschedule`, { dueAt, reason });
      }
      case 'snoozed': {
        const until = new Date(act.until).toISOString();
        const order = { kind: 'snooze', dealIds: [dealId], until, reasonKey: reasonKey('snooze') };
        return does('/api/panel/actions', order);
      }
      case 'lostWithReason':
        return does('/api/panel/actions', { kind: 'close', dealIds: [dealId], reasonKey: reasonKey('loss') });
      default:
        throw new Error(`nobody knows how to do "${act.kind}"`);
    }
  }

  private async push(push: PlannedPush): Promise<void> {
    const deal = this.idOf(this.month.calm.get(push.ownerId) ?? 0);
    const head = await this.service.as(push.by);
    const target = { kind: 'deal', dealId: this.host.dealKey(deal) };
    const { status, data } = await head.post<PushedView>('/api/pushes', { target });
    const made: PlantedPush = {
      ...{ ...push, madeAt: this.time.now(), answeredAt: null },
      pushId: status === 200 ? data.push.id : null,
    };
    this.pushes.push(made);
    if (push.answer && made.pushId !== null)
      this.add(push.at + push.answer.after, () => this.answer(made, deal));
  }

  private async answer(push: PlantedPush, deal: number): Promise<void> {
    const { asked } = push;
    if (push.answer?.kind === 'button') await this.host.answer(deal, asked);
    else {
      const person = await this.service.as(asked);
      demand(await person.post(`/api/pushes/${push.pushId ?? ''}/answer`, wordsOf(push.answer)));
    }
    push.answeredAt = this.time.now();
  }

  private idOf(number: number): number {
    const id = this.ids.get(number);
    if (id === undefined) throw new Error(`deal ${number} is not in the portal`);
    return id;
  }
}

function wordsOf(answer: PlannedPush['answer']): object {
  switch (answer?.kind) {
    case 'notDone':
      return { kind: 'notDone', reasonKey: '', reason: 'Клиент не отвечает' };
    case 'willBeDone':
      return { kind: 'willBeDone', until: new Date(answer.until).toISOString() };
    default:
      return { kind: 'done' };
  }
}
