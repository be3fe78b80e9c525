import { Inject, Injectable, Optional } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import type { CompanyStructure } from '../../mirror/index.js';
import { DealDeedRepository } from './deal-deed.repository.js';
import type { ShownPush } from './panel-pusher.js';
import { PanelStoryRepository, type PlanEventRow } from './panel-story.repository.js';
import {
  answerText,
  alertText,
  deedText,
  planEventText,
  pushText,
  visitText,
  type StoryNames,
} from './panel-story.texts.js';
import type { PanelDrawerView } from './panel.view.js';
import { StepTitles } from './step-titles.service.js';

type Line = PanelDrawerView['events'][number];

const LINES = 100;
/** Who acted for nobody in particular. */
const NOBODY: ReadonlySet<string> = new Set(['system', 'host']);

export interface StoryGround {
  readonly structure: CompanyStructure;
  readonly nameOf: (userId: string | null) => string | null;
  readonly pushes: readonly ShownPush[];
}

/** What happened to a deal, from everything that keeps a record of it, newest first. */
@Injectable()
export class PanelStory {
  constructor(
    private readonly records: PanelStoryRepository,
    private readonly deeds: DealDeedRepository,
    private readonly titles: StepTitles,
    @Optional() @Inject(COMPANY) private readonly company: Company | null,
  ) {}

  async of(person: SessionClaims, dealId: string, ground: StoryGround): Promise<readonly Line[]> {
    const { accountId, language } = person;
    const names = await this.namesFor(person, ground);
    const [plan, visits, alerts, deeds] = await Promise.all([
      this.records.planEvents(accountId, dealId, LINES),
      this.records.visits(accountId, dealId, LINES),
      this.records.alerts(accountId, dealId, LINES),
      this.deeds.ofDeal(accountId, dealId, LINES),
    ]);
    const lines: Line[] = [
      ...visits.map((visit) =>
        line(visit.at, visitText(names.stage(visit.pipeline_id, visit.stage_id), visit.seq === 1, language)),
      ),
      ...deeds
        // The push tells itself, with its text.
        .filter((deed) => deed.kind !== 'push')
        .map((deed) => line(deed.at, deedText(deed, names), ground.nameOf(deed.actor))),
      ...ground.pushes.flatMap((push) => pushLines(push, names)),
      ...alerts.map((alert) =>
        line(alert.at, alertText(alert.kind, language), null, [ground.nameOf(alert.user_id) ?? '']),
      ),
    ];
    for (const event of plan) lines.push(...(await this.planLine(accountId, event, names)));
    return lines.toSorted((one, other) => (one.at < other.at ? 1 : -1)).slice(0, LINES);
  }

  private async planLine(
    accountId: string,
    event: PlanEventRow,
    names: StoryNames,
  ): Promise<readonly Line[]> {
    const key = event.step === null ? null : event.step.slice(0, event.step.lastIndexOf('~'));
    const title =
      key === null || event.template_id === null
        ? key
        : await this.titles.title(accountId, event.template_id, event.version ?? 0, key);
    const text = planEventText(event.kind, title, names.person(event.user_id), names.language);
    if (text === null) return [];
    return [line(event.at, text, NOBODY.has(event.actor) ? null : names.person(event.actor))];
  }

  private async namesFor(person: SessionClaims, ground: StoryGround): Promise<StoryNames> {
    const rules = await this.company?.of(person.accountId);
    const reasons = new Map(rules?.reasons.map((reason) => [reason.key, reason.name]));
    const stages = new Map(
      ground.structure.stages.map((stage) => [`${stage.pipelineId}|${stage.id}`, stage.name]),
    );
    const format = new Intl.DateTimeFormat(person.language === 'ru' ? 'ru-RU' : 'en-GB', {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone: person.timeZone,
    });
    return {
      language: person.language,
      person: ground.nameOf,
      stage: (pipelineId, stageId) => stages.get(`${pipelineId}|${stageId}`) ?? stageId,
      reason: (key) => reasons.get(key) ?? key,
      moment: (iso) => format.format(new Date(iso)),
    };
  }
}

function pushLines(push: ShownPush, names: StoryNames): readonly Line[] {
  const told = names.person(push.userId);
  const sent = line(
    new Date(push.at),
    pushText(push.text, names.language),
    names.person(push.byUser),
    told === null ? [] : [told],
  );
  if (!push.answer) return [sent];
  return [sent, line(new Date(push.answer.at), answerText(push.answer, names), names.person(push.answer.by))];
}

function line(at: Date, text: string, byName: string | null = null, told: readonly string[] = []): Line {
  return { at: at.toISOString(), text, byName, told };
}
