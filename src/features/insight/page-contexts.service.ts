import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import type { Product } from '../../domain/crm/records.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import { CompanyStructures, MirrorReads, type CompanyStructure } from '../../mirror/index.js';
import { HostNames } from './host-names.service.js';
import { InsightCache } from './insight-cache.js';
import { scopeOf } from './insight-scope.js';
import type { InsightFilter } from './insight.view.js';
import type { PageContext } from './page-context.js';
import { Said } from './words.js';

/** Turns a person's question into what pages work with: scope within reach, stages, names, language. */
@Injectable()
export class PageContexts {
  constructor(
    private readonly structures: CompanyStructures,
    private readonly mirror: MirrorReads,
    private readonly cache: InsightCache,
    private readonly hostNames: HostNames,
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `now`: the moment of the page that a list belongs to. */
  async of(person: SessionClaims, filter: InsightFilter, now = this.clock.now()): Promise<PageContext> {
    const [structure, products] = [
      await this.structures.of(person.accountId),
      await this.products(person.accountId),
    ];
    const pipelineId = filter.pipelineId ?? (await this.mainPipeline(person.accountId, structure));
    if (!structure.pipelines.some((pipeline) => pipeline.id === pipelineId)) throw noPipeline();
    const users = new Map(structure.users.map((user) => [user.id, user.name]));
    const productNames = new Map(products.map((product) => [product.id, product.name]));
    const nameOf = await this.hostNames.of(person.accountId);
    const said = new Said(person.language, person.timeZone);
    return {
      scope: scopeOf(person, structure, filter, pipelineId, now),
      filter,
      stages: structure.stages.filter((stage) => stage.pipelineId === pipelineId),
      pipelineName:
        structure.pipelines.length > 1
          ? (structure.pipelines.find((pipeline) => pipeline.id === pipelineId)?.name ?? null)
          : null,
      names: {
        user: (id) => users.get(id) ?? id,
        product: (id) => productNames.get(id) ?? id,
        source: (id) => nameOf('source', id) ?? said.words.source(id),
        company: (id) => nameOf('company', id) ?? said.words.company(id),
        contact: (id) => nameOf('contact', id) ?? said.words.contact(id),
      },
      said,
    };
  }

  structure(accountId: string): Promise<CompanyStructure> {
    return this.structures.of(accountId);
  }

  products(accountId: string): Promise<readonly Product[]> {
    return this.cache.of(`${accountId} products`, () => this.mirror.products(accountId));
  }

  pathOf({ host }: SessionClaims): (dealId: string) => string | null {
    return (dealId) => this.hosts.get(host)?.dealPath?.(dealId) ?? null;
  }

  /** The one with most open deals, else the first. */
  private mainPipeline(accountId: string, structure: CompanyStructure): Promise<string> {
    return this.cache.of(`${accountId} main pipeline`, async () => {
      const counts = await this.mirror.openCounts(accountId);
      const [fullest] = structure.pipelines.toSorted(
        (a, b) => (counts.get(b.id) ?? 0) - (counts.get(a.id) ?? 0),
      );
      return fullest?.id ?? '';
    });
  }
}

function noPipeline(): ApiError {
  return new ApiError(404, 'no-pipeline', {
    ru: 'Такой воронки нет, или она ещё не скопирована.',
    en: 'There is no such pipeline, or it is not copied yet.',
  });
}
