import { Injectable } from '@nestjs/common';
import { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { OTHERS, type CrossingSum } from './deal-facts.repository.js';
import { diagnosisPage } from './diagnosis.page.js';
import { funnelPage } from './funnel.page.js';
import { HostNames } from './host-names.service.js';
import type { DiagnosisView, FunnelView, InsightFilter, StagesView, WeakestView } from './insight.view.js';
import { PageContexts } from './page-contexts.service.js';
import { PageMaker } from './page-maker.service.js';
import { stagesPage } from './stages.page.js';
import { weakestPage } from './weakest.page.js';

/** Funnel, stages, weakest stage and the diagnosis. */
@Injectable()
export class InsightPages {
  constructor(
    private readonly contexts: PageContexts,
    private readonly pages: PageMaker,
    private readonly names: HostNames,
  ) {}

  funnel(person: SessionClaims, filter: InsightFilter): Promise<FunnelView> {
    const needs = { own: ['history', 'sums', 'crossings'] } as const;
    return this.pages.make('funnel', person, filter, needs, async ({ context, own }) => {
      await this.wantClients(person.accountId, own.crossings);
      return funnelPage(context, new PipelineHistory(own.history, context.stages), own.sums, own.crossings);
    });
  }

  stages(person: SessionClaims, filter: InsightFilter): Promise<StagesView> {
    return this.pages.make('stages', person, filter, { own: ['history'] }, ({ context, own }) =>
      stagesPage(context, new PipelineHistory(own.history, context.stages)),
    );
  }

  weakest(person: SessionClaims, filter: InsightFilter): Promise<WeakestView> {
    return this.pages.make('weakest', person, filter, { own: ['history', 'sums'] }, ({ context, own }) =>
      weakestPage(context, new PipelineHistory(own.history, context.stages), own.sums),
    );
  }

  diagnosis(person: SessionClaims, filter: InsightFilter): Promise<DiagnosisView> {
    const needs = { own: ['history', 'sums', 'stuck', 'cycles'] } as const;
    return this.pages.make('diagnosis', person, filter, needs, async ({ context, own }) => {
      const structure = await this.contexts.structure(context.scope.accountId);
      return diagnosisPage(context, {
        history: new PipelineHistory(own.history, context.stages),
        sums: own.sums,
        stuck: own.stuck.sums,
        cycles: own.cycles,
        pipelines: structure.pipelines.length,
        sellers: structure.users.filter((user) => user.active).length,
      });
    });
  }

  private async wantClients(accountId: string, crossings: readonly CrossingSum[]): Promise<void> {
    const clients = crossings
      .filter((one) => one.by === 'client' && one.row !== OTHERS)
      .map((one) => one.row);
    const ids = (letter: string): readonly string[] =>
      clients.filter((one) => one.startsWith(letter)).map((one) => one.slice(1));
    await this.names.want(accountId, 'company', ids('c'));
    await this.names.want(accountId, 'contact', ids('p'));
  }
}
