import { Injectable } from '@nestjs/common';
import type { RobotCall } from '../../contract/jobs.js';
import { libraryTemplate, listLibrary } from '../../domain/plans/library/library.js';
import type { Language, TemplateBody } from '../../domain/plans/types.js';
import { Database } from '../../infra/db/database.js';
import { Log } from '../../infra/log.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { PlanLaunches } from './plan-launches.service.js';
import { templateIdOf } from './plan-switch.service.js';
import type { PlanningContext } from './planning-context.service.js';
import { PlanningContexts } from './planning-context.service.js';
import { TemplateRepository, type TemplateHead } from './template.repository.js';

export type LaunchOutcome =
  'launched' | 'planned' | 'unknownTemplate' | 'noTemplate' | 'closedDeal' | 'disconnected';

interface Choice {
  readonly templateId: string;
  readonly version: number;
}

/** Starts a plan for one deal: by hand or by the host's automation. */
@Injectable()
export class Launches {
  private readonly log: Log;

  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly launches: PlanLaunches,
    private readonly templates: TemplateRepository,
    private readonly deals: DealFactsRepository,
    log: Log,
  ) {
    this.log = log.child('plans');
  }

  /** A deal with a living plan keeps it. `template` is an account's template id, or `key@language` of the library. */
  async byHand(accountId: string, dealId: string, template: string, actor: string): Promise<LaunchOutcome> {
    const context = await this.contexts.of(accountId);
    if (!context) return 'disconnected';
    const choice = await this.chosen(accountId, template);
    if (!choice) return 'unknownTemplate';
    return this.start(context, dealId, choice, { trigger: 'manual', actor });
  }

  /**
   * Repeats of one call find the plan and leave it. A template is named by what byHand takes, or by the name that people
   * read; without one the pipeline's own is taken. Throws while the deal is not copied yet: hosts call for a deal in the
   * moment in which it is made.
   */
  async byRobot({ accountId, dealId, templateKey }: RobotCall): Promise<LaunchOutcome> {
    const context = await this.contexts.of(accountId);
    if (!context) return 'disconnected';
    if (!(await this.isCopied(accountId, dealId))) throw new Error('the deal is not copied yet');
    const named = templateKey === null ? null : await this.chosen(accountId, templateKey);
    if (templateKey !== null && !named) {
      this.log.warn('a robot names a template that there is not: the funnel’s own is taken', { accountId });
    }
    const choice = named ?? (await this.pipelineChoice(context, dealId));
    if (!choice) {
      this.log.warn('a robot asked for a plan where no template is chosen', { accountId, dealId });
      return 'noTemplate';
    }
    return this.start(context, dealId, choice, { trigger: 'robot', actor: 'host' });
  }

  private async start(
    context: PlanningContext,
    dealId: string,
    choice: Choice,
    occasion: { readonly trigger: 'manual' | 'robot'; readonly actor: string },
  ): Promise<LaunchOutcome> {
    const body = await this.database.transaction((tx) =>
      this.templates.body(context.accountId, choice.templateId, choice.version, tx),
    );
    if (body?.purpose === 'afterSale') return this.startAfterSale(context, dealId, choice, occasion);
    let outcome: LaunchOutcome = 'planned';
    await this.database.transaction((tx) =>
      this.launches.planDeals(
        tx,
        context,
        [dealId],
        ({ deal }) => {
          outcome = deal.stageKind === 'open' ? 'launched' : 'closedDeal';
          if (outcome === 'closedDeal') return null;
          return { ...choice, trigger: occasion.trigger, startedAt: context.now };
        },
        occasion,
      ),
    );
    return outcome;
  }

  /** Beside what the deal's sale started; once for a template. A deal that is not won has no time after its sale. */
  private async startAfterSale(
    context: PlanningContext,
    dealId: string,
    choice: Choice,
    occasion: { readonly trigger: 'manual' | 'robot'; readonly actor: string },
  ): Promise<LaunchOutcome> {
    return this.database.transaction(async (tx) => {
      const begun = await this.launches.startAfterSale(tx, context, dealId, choice, occasion);
      return begun === null ? 'closedDeal' : begun ? 'launched' : 'planned';
    });
  }

  private async chosen(accountId: string, template: string): Promise<Choice | null> {
    const heads = await this.templates.heads(accountId);
    const own =
      heads.find((head) => head.templateId === template || head.libraryKey === template) ??
      heads.find((head) => isNamed(head, template));
    if (own) return own;
    const body = libraryChoice(template) ?? libraryNamed(template);
    if (!body) return null;
    const templateId = templateIdOf(accountId, body);
    const version = await this.database.transaction((tx) =>
      this.templates.insertPublished(tx, accountId, templateId, body),
    );
    return { templateId, version };
  }

  /** Also when it is known to be gone. */
  private async isCopied(accountId: string, dealId: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT 1 FROM deal WHERE account_id = $1::uuid AND deal_id = $2',
      [accountId, dealId],
    );
    return rows.length > 0;
  }

  private async pipelineChoice(context: PlanningContext, dealId: string): Promise<Choice | null> {
    const deal = (await this.deals.load(this.database, context.accountId, [dealId])).get(dealId)?.deal;
    const usual = deal ? context.pipelinePlan(deal.pipelineId) : null;
    return deal && usual ? context.funnelFor(deal, usual) : null;
  }
}

/** Templates that a person may start by hand: the account's own, then what the library has besides. */
export function choicesOf(
  heads: readonly TemplateHead[],
  language: Language,
): readonly { readonly id: string; readonly name: string }[] {
  const copied = new Set(heads.map((head) => `${head.libraryKey ?? ''}@${head.language}`));
  const own = heads.map((head) => ({ id: head.templateId, name: head.name }));
  const library = listLibrary()
    .filter((entry) => entry.purpose === 'sale' && entry.language === language)
    .filter((entry) => !copied.has(`${entry.key}@${entry.language}`))
    .map((entry) => ({ id: `${entry.key}@${entry.language}`, name: entry.name }));
  return [...own, ...library];
}

/** `key@language`, or a bare key in Russian; null when the library has no such template. */
export function libraryChoice(template: string): TemplateBody | null {
  const [key = '', language = 'ru'] = template.split('@');
  return libraryTemplate(key, language === 'en' ? 'en' : 'ru');
}

/** Whoever sets an automation up writes the name as the list of templates shows it. */
function libraryNamed(template: string): TemplateBody | null {
  const entry = listLibrary().find((one) => isNamed(one, template));
  return entry === undefined ? null : libraryTemplate(entry.key, entry.language);
}

function isNamed({ name }: { readonly name: string }, wanted: string): boolean {
  return name.trim().toLowerCase() === wanted.trim().toLowerCase();
}
