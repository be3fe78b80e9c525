import { Body, Controller, Get, HttpCode, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import type { StageNorm } from '../../domain/insight/stuck.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { readDrill, type Drilled } from './drill.js';
import { DrillService } from './drill.service.js';
import { InsightChoices } from './insight-choices.service.js';
import { InsightPages } from './insight-pages.service.js';
import { DrillQuery, filterOf, InsightQuery, LastInsightRequest, StuckQuery } from './insight.requests.js';
import { wholeOf } from './insight-scope.js';
import type {
  DiagnosisView,
  DrillDealsView,
  FunnelView,
  InsightChoicesView,
  StagesView,
  StuckView,
  WeakestView,
} from './insight.view.js';
import { PageContexts } from './page-contexts.service.js';
import { PageFacts } from './page-facts.service.js';
import type { PageContext } from './page-context.js';
import { normsOf } from './stuck.repository.js';
import { StuckService } from './stuck.service.js';

/** Pages of insight: what they count is decided by the person's reach, not by the route. */
@ApiTags('insight')
@ApiBearerAuth()
@Controller('api/insight')
export class InsightController {
  constructor(
    private readonly pages: InsightPages,
    private readonly stuckDeals: StuckService,
    private readonly choosing: InsightChoices,
    private readonly contexts: PageContexts,
    private readonly facts: PageFacts,
    private readonly drilling: DrillService,
  ) {}

  @Get('choices')
  choices(@CurrentSession() person: SessionClaims): Promise<InsightChoicesView> {
    return this.choosing.of(person);
  }

  @Put('last')
  @HttpCode(204)
  remember(
    @CurrentSession() { accountId, userId }: SessionClaims,
    @Body() { filter }: LastInsightRequest,
  ): Promise<void> {
    return this.choosing.remember(accountId, userId, filterOf(filter));
  }

  @Get('funnel')
  funnel(@CurrentSession() person: SessionClaims, @Query() query: InsightQuery): Promise<FunnelView> {
    return this.pages.funnel(person, filterOf(query));
  }

  @Get('stages')
  stages(@CurrentSession() person: SessionClaims, @Query() query: InsightQuery): Promise<StagesView> {
    return this.pages.stages(person, filterOf(query));
  }

  @Get('stuck')
  stuck(@CurrentSession() person: SessionClaims, @Query() query: StuckQuery): Promise<StuckView> {
    return this.stuckDeals.page(person, filterOf(query), query.kinds ?? [], query.after ?? null);
  }

  @Get('weakest')
  weakest(@CurrentSession() person: SessionClaims, @Query() query: InsightQuery): Promise<WeakestView> {
    return this.pages.weakest(person, filterOf(query));
  }

  @Get('diagnosis')
  diagnosis(@CurrentSession() person: SessionClaims, @Query() query: InsightQuery): Promise<DiagnosisView> {
    return this.pages.diagnosis(person, filterOf(query));
  }

  @Get('deals')
  async deals(
    @CurrentSession() person: SessionClaims,
    @Query() { drill, after }: DrillQuery,
  ): Promise<DrillDealsView> {
    const drilled = drill === undefined ? OPEN_DEALS : readDrill(drill);
    if (!drilled) throw badDrill();
    const { filter, question } = drilled;
    const context = await this.contexts.of(person, filter, drilled.now);
    const norms = question.kind === 'stuck' ? await this.norms(context) : [];
    return this.drilling.page(context, question, norms, after ?? null, this.contexts.pathOf(person));
  }

  private async norms({ scope, stages }: PageContext): Promise<readonly StageNorm[]> {
    const { facts } = await this.facts.load(wholeOf(scope), ['history']);
    return normsOf(new PipelineHistory(facts.history, stages));
  }
}

const OPEN_DEALS: Pick<Drilled, 'filter' | 'question'> & { readonly now?: number } = {
  filter: {},
  question: { kind: 'now', open: true },
};

function badDrill(): ApiError {
  return new ApiError(400, 'bad-drill', {
    ru: 'Ссылка на список устарела. Откройте страницу заново.',
    en: 'The link to the list is out of date. Open the page again.',
  });
}
