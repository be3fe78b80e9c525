import { Injectable } from '@nestjs/common';
import { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { diagnosisPage } from './diagnosis.page.js';
import { funnelPage } from './funnel.page.js';
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
  ) {}

  funnel(person: SessionClaims, filter: InsightFilter): Promise<FunnelView> {
    const needs = { own: ['history', 'sums', 'crossings'] } as const;
    return this.pages.make('funnel', person, filter, needs, ({ context, own }) =>
      funnelPage(context, new PipelineHistory(own.history, context.stages), own.sums, own.crossings),
    );
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
}
