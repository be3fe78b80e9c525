import { Global, Module } from '@nestjs/common';
import { PLAN_COMMANDS } from '../../contract/plan-commands.js';
import { PLAN_SWITCH } from '../../contract/plan-switch.js';
import { MirrorModule } from '../../mirror/index.js';
import { OutboxModule } from '../../outbox/index.js';
import { AfterSaleStarts } from './after-sale-starts.service.js';
import { GroupTurns } from './group-turns.repository.js';
import { GuardKeeping } from './guard-keeping.service.js';
import { PlanDeciding } from './plan-deciding.service.js';
import { PlanEffects } from './plan-effects.service.js';
import { PlanEffectClaims } from './plan-effect.repository.js';
import { Acceptance } from './acceptance.service.js';
import { IntakeController } from './intake.controller.js';
import { Intakes } from './intakes.service.js';
import { MoveOverrides } from './move-overrides.service.js';
import { PlanManaging } from './plan-managing.service.js';
import { PlanOrders } from './plan-orders.service.js';
import { PlanOrdersController } from './plan-orders.controller.js';
import { PlanStandings } from './plan-standings.service.js';
import { FieldWatching } from './field-watching.service.js';
import { PeopleWatch } from './people-watch.service.js';
import { BulkLaunches } from './bulk-launch.service.js';
import { DealChanges } from './deal-changes.service.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { DealNews } from './deal-news.service.js';
import { HomeService } from './home.service.js';
import { LaunchStarts } from './launch-starts.service.js';
import { LaunchesWorker } from './launches.worker.js';
import { LaunchViews } from './launch-views.service.js';
import { Launches } from './launches.service.js';
import { LiveStreams } from './live-streams.service.js';
import { PipelinePlanReads } from './pipeline-plan.reads.js';
import { PlanAccess } from './plan-access.service.js';
import { PlanActions } from './plan-actions.service.js';
import { PlanClosing } from './plan-closing.service.js';
import { PlanController } from './plan.controller.js';
import { PlanDecisions } from './plan-decisions.service.js';
import { PlanEventsController } from './plan-events.controller.js';
import { PlanLaunches } from './plan-launches.service.js';
import { PlanRepository } from './plan.repository.js';
import { PlanRounds } from './plan-rounds.service.js';
import { PlanSaving } from './plan-saving.service.js';
import { PlanSwitchService } from './plan-switch.service.js';
import { PlanViews, PlanViewSources } from './plan-views.service.js';
import { PlanningContexts } from './planning-context.service.js';
import { PlansWorker } from './plans.worker.js';
import { ProgressRepository } from './progress.repository.js';
import { StepLooks } from './step-looks.service.js';
import { StepCommands } from './step-commands.service.js';
import { StepPostponements } from './step-postponements.service.js';
import { TaskFacts } from './task-facts.service.js';
import { TaskFactsApplying } from './task-facts-applying.service.js';
import { TemplateBodies } from './template-bodies.service.js';
import { TEMPLATE_CONTROLLERS, TEMPLATE_PROVIDERS } from './template-parts.js';
import { TemplateRepository } from './template.repository.js';
import { UndoTokens } from './undo-token.js';

/**
 * Plans of deals: from templates and the mirror to tasks in the host, and what people see and do about them. Global,
 * because other features ask `PLAN_SWITCH` and `PLAN_COMMANDS` and import none.
 */
@Global()
@Module({
  imports: [MirrorModule, OutboxModule],
  controllers: [
    PlanController,
    PlanOrdersController,
    IntakeController,
    PlanEventsController,
    ...TEMPLATE_CONTROLLERS,
  ],
  providers: [
    PeopleWatch,
    FieldWatching,
    PlanStandings,
    PlanOrders,
    PlanManaging,
    MoveOverrides,
    Intakes,
    Acceptance,
    PlanEffectClaims,
    PlanEffects,
    PlanDeciding,
    GuardKeeping,
    GroupTurns,
    AfterSaleStarts,
    BulkLaunches,
    DealChanges,
    DealFactsRepository,
    DealNews,
    HomeService,
    LaunchStarts,
    LaunchViews,
    LaunchesWorker,
    PlanRounds,
    StepLooks,
    Launches,
    LiveStreams,
    PipelinePlanReads,
    PlanAccess,
    PlanActions,
    PlanClosing,
    PlanDecisions,
    PlanLaunches,
    PlanRepository,
    PlanSaving,
    PlanSwitchService,
    PlanViews,
    PlanViewSources,
    PlanningContexts,
    PlansWorker,
    ProgressRepository,
    StepCommands,
    StepPostponements,
    TaskFacts,
    TaskFactsApplying,
    TemplateBodies,
    TemplateRepository,
    UndoTokens,
    ...TEMPLATE_PROVIDERS,
    { provide: PLAN_SWITCH, useExisting: PlanSwitchService },
    { provide: PLAN_COMMANDS, useExisting: PlanOrders },
  ],
  exports: [PLAN_COMMANDS, PLAN_SWITCH],
})
export class PlansModule {}
