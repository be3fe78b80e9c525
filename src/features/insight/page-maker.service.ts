import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import type { FactName, Facts } from './facts.js';
import { InsightCache } from './insight-cache.js';
import { scopeKey, wholeOf, type InsightScope } from './insight-scope.js';
import type { InsightFilter } from './insight.view.js';
import type { PageContext } from './page-context.js';
import { PageContexts } from './page-contexts.service.js';
import { PageFacts } from './page-facts.service.js';

/** What a page is made from. */
export interface PageNeeds<Own extends FactName, Whole extends FactName> {
  /** Within the person's reach and filter. */
  readonly own: readonly Own[];
  /** Of the whole pipeline: what is learned from everybody's deals. */
  readonly whole?: readonly Whole[];
}

export interface PageGround<Own extends FactName, Whole extends FactName> {
  readonly context: PageContext;
  /** At this moment, while the context speaks of the moment of its facts. */
  readonly asked: InsightScope;
  readonly own: Pick<Facts, Own>;
  readonly whole: Pick<Facts, Whole>;
}

/** Makes a page once for all who ask the same with the same reach in the same language, of the moment of its facts. */
@Injectable()
export class PageMaker {
  constructor(
    private readonly contexts: PageContexts,
    private readonly facts: PageFacts,
    private readonly cache: InsightCache,
  ) {}

  async make<View, Own extends FactName, Whole extends FactName = never>(
    name: string,
    person: SessionClaims,
    filter: InsightFilter,
    needs: PageNeeds<Own, Whole>,
    make: (ground: PageGround<Own, Whole>) => View | Promise<View>,
  ): Promise<View> {
    const ground = await this.ground(person, filter, needs);
    const { scope } = ground.context;
    const asked = `${person.language} ${person.timeZone} ${scopeKey(scope)} ${JSON.stringify(filter)} ${scope.now}`;
    return this.cache.of(`${person.accountId} ${name} ${asked}`, async () => make(ground));
  }

  async ground<Own extends FactName, Whole extends FactName = never>(
    person: SessionClaims,
    filter: InsightFilter,
    { own, whole = [] }: PageNeeds<Own, Whole>,
  ): Promise<PageGround<Own, Whole>> {
    const context = await this.contexts.of(person, filter);
    const [mine, all] = await Promise.all([
      this.facts.load(context.scope, own),
      this.facts.load(wholeOf(context.scope), whole),
    ]);
    const now = Math.min(mine.at, all.at);
    return {
      asked: context.scope,
      context: { ...context, scope: { ...context.scope, now } },
      own: mine.facts,
      whole: all.facts,
    };
  }
}
