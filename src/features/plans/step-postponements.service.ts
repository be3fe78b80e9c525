import { Inject, Injectable } from '@nestjs/common';
import { HOST_CONNECTIONS, type HostConnections } from '../../contract/connections.js';
import { bookRecorded, type BookRecords } from '../../contract/jobs.js';
import type { Instant } from '../../domain/crm/time.js';
import { nextWorkingMoment } from '../../domain/calendar/working-time.js';
import { HEAD_HEARS_OF_EVERY, isHeadToHear } from '../../domain/plans/postponing.js';
import type { Language, PlanStep, TemplateBody } from '../../domain/plans/types.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { actionKey, ActionOutbox } from '../../outbox/index.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanningContext } from './planning-context.service.js';
import { tellHead, type HeadTold } from './plans.jobs.js';
import { stepIdOf, type DealFacts, type StoredPlan } from './stored-plan.js';
import { rulesOf } from './template-rules.js';

const HOUR_MS = 3_600_000;

/** A step whose deadline somebody has just set by hand. */
interface Rescheduled {
  readonly plan: StoredPlan;
  readonly template: TemplateBody;
  readonly facts: DealFacts;
  readonly before: PlanStep;
  readonly after: PlanStep;
  readonly by: string;
}

/** Endless postponing ends with the head: every third time that a step is put off, the head of the deal hears of it. */
@Injectable()
export class StepPostponements {
  constructor(
    private readonly plans: PlanRepository,
    private readonly actions: ActionOutbox,
    private readonly jobs: Jobs,
    private readonly database: Database,
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
  ) {}

  /** In the transaction of the command; once for each number, however often the command is taken back and given again. */
  async tell(tx: Sql, context: PlanningContext, rescheduled: Rescheduled): Promise<void> {
    const { plan, facts, before, after, by } = rescheduled;
    if (!isHeadToHear(before, after)) return;
    const { accountId, now } = context;
    const people = context.people.of(facts.deal);
    const head = people.departmentHeadId;
    // A head who puts the step off knows of it.
    if (head === null || head === by || people.inactive.has(head)) return;
    const step = stepIdOf(after);
    const times = after.manual.postponed ?? HEAD_HEARS_OF_EVERY;
    const schedule = people.schedules.get(head) ?? people.fallback;
    const { dealId, planId } = plan;
    const key = actionKey(accountId, 'postponed', planId, step, times);
    const text = textOf(rescheduled, times, schedule.timeZone);
    const title = RULE_NAME[rescheduled.template.language];
    const at = nextWorkingMoment(now, schedule);
    await this.jobs.enqueue<HeadTold>(
      tellHead,
      { accountId, key, userId: head, dealId, title, text, at },
      { tx },
    );
    const detail = { step, times, toldTo: head };
    await this.plans.addEvents(tx, accountId, [
      { planId, dealId, at: now, actor: by, kind: 'step.postponed', detail },
    ]);
    const entry = {
      sourceKey: `postponed|${planId}|${step}|${times}`,
      at: now,
      kind: 'alerted',
      dealId,
      by,
      body: { ruleName: title, text, userIds: [head] },
    } as const;
    await this.jobs.enqueue<BookRecords>(bookRecorded, { accountId, entries: [entry] }, { tx });
  }

  /** A notification, or where the host has none a question in the deal. Repeats of the job want the same thing. */
  async told({ accountId, key, userId, dealId, title, text, at }: HeadTold): Promise<void> {
    const { actionKinds } = await this.connections.client(accountId);
    const action = actionKinds.has('notify')
      ? ({ kind: 'notify', userId, text, dealId } as const)
      : ({ kind: 'ask', dealId, userId, title, text, dueAt: at + HOUR_MS } as const);
    await this.database.transaction((tx) =>
      this.actions.want(tx, accountId, [{ key, action, notBefore: at }]),
    );
  }
}

const RULE_NAME: Readonly<Record<Language, string>> = {
  ru: 'Шаг переносят снова и снова',
  en: 'A step is put off again and again',
};

function textOf({ template, facts, after }: Rescheduled, times: number, timeZone: string): string {
  const title = rulesOf(template).get(after.stepKey)?.title ?? after.stepKey;
  const deal = facts.deal.title;
  const reason = after.manual.dueReason ?? '';
  const due = dayText(after.dueAt ?? 0, template.language, timeZone);
  if (template.language === 'ru')
    return `Шаг «${title}» в сделке «${deal}» перенесли уже ${times} раз${timesEnding(times)}, теперь на ${due}. Причина: ${reason}`;
  return `“${title}” in the deal “${deal}” has been put off ${times} times, now until ${due}. Reason: ${reason}`;
}

/** «3 раза», «6 раз», «23 раза». */
function timesEnding(times: number): string {
  return new Intl.PluralRules('ru').select(times) === 'few' ? 'а' : '';
}

function dayText(at: Instant, language: Language, timeZone: string): string {
  const locale = language === 'ru' ? 'ru-RU' : 'en-GB';
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', timeZone }).format(at);
}
