import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { InsightCache } from './insight-cache.js';
import { scopeKey } from './insight-scope.js';
import type { InsightFilter } from './insight.view.js';
import type { PageContext } from './page-context.js';
import { PageContexts } from './page-contexts.service.js';

/** Makes a page once a minute for all who ask the same with the same reach in the same language. */
@Injectable()
export class PageMaker {
  constructor(
    private readonly contexts: PageContexts,
    private readonly cache: InsightCache,
  ) {}

  async make<View>(
    name: string,
    person: SessionClaims,
    filter: InsightFilter,
    make: (context: PageContext) => Promise<View>,
  ): Promise<View> {
    const context = await this.contexts.of(person, filter);
    const asked = `${person.language} ${person.timeZone} ${scopeKey(context.scope)} ${JSON.stringify(filter)}`;
    return this.cache.of(`${person.accountId} ${name} ${asked}`, () => make(context));
  }
}
