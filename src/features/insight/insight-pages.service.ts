import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { diagnosisPage } from './diagnosis.page.js';
import { funnelPage } from './funnel.page.js';
import { InsightModel } from './insight-model.service.js';
import type { DiagnosisView, FunnelView, InsightFilter, StagesView, WeakestView } from './insight.view.js';
import { PageContexts } from './page-contexts.service.js';
import { PageMaker } from './page-maker.service.js';
import { stagesPage } from './stages.page.js';
import { StuckRepository } from './stuck.repository.js';
import { weakestPage } from './weakest.page.js';

const CLIENTS_SHOWN = 12;

/** Funnel, stages, weakest stage and the diagnosis: remembered for a minute by reach, filter and language. */
@Injectable()
export class InsightPages {
  constructor(
    private readonly contexts: PageContexts,
    private readonly model: InsightModel,
    private readonly deals: DealFactsRepository,
    private readonly stuck: StuckRepository,
    private readonly pages: PageMaker,
  ) {}

  funnel(person: SessionClaims, filter: InsightFilter): Promise<FunnelView> {
    return this.pages.make('funnel', person, filter, async (context) => {
      const clients = await this.deals.largestClients(context.scope, CLIENTS_SHOWN);
      const [history, sums, crossings] = [
        await this.model.history(context.scope, context.stages),
        await this.model.sums(context.scope),
        await this.deals.crossings(context.scope, clients),
      ];
      return funnelPage(context, history, sums, crossings);
    });
  }

  stages(person: SessionClaims, filter: InsightFilter): Promise<StagesView> {
    return this.pages.make('stages', person, filter, async (context) =>
      stagesPage(context, await this.model.history(context.scope, context.stages)),
    );
  }

  weakest(person: SessionClaims, filter: InsightFilter): Promise<WeakestView> {
    return this.pages.make('weakest', person, filter, async (context) => {
      const history = await this.model.history(context.scope, context.stages);
      return weakestPage(context, history, await this.model.sums(context.scope));
    });
  }

  diagnosis(person: SessionClaims, filter: InsightFilter): Promise<DiagnosisView> {
    return this.pages.make('diagnosis', person, filter, async (context) => {
      const { scope, stages } = context;
      const structure = await this.contexts.structure(scope.accountId);
      return diagnosisPage(context, {
        history: await this.model.history(scope, stages),
        sums: await this.model.sums(scope),
        stuck: await this.stuck.sums(scope, await this.model.norms(scope, stages)),
        cycles: await this.deals.cycles(scope),
        pipelines: structure.pipelines.length,
        sellers: structure.users.filter((user) => user.active).length,
      });
    });
  }
}
