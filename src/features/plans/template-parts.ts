import { DryRuns } from './dry-run.service.js';
import { PlanMigrationPreviews } from './plan-migration-preview.service.js';
import { PlanMigrationRepository } from './plan-migration.repository.js';
import { MigrationParts, PlanMigrationRuns } from './plan-migration-runs.service.js';
import { PlanMigrationsController } from './plan-migrations.controller.js';
import { PlanMigrations } from './plan-migrations.service.js';
import { PlanMigrationsWorker } from './plan-migrations.worker.js';
import { PlanVersions } from './plan-versions.service.js';
import { StageMapsController } from './stage-maps.controller.js';
import { TemplateAccess } from './template-access.service.js';
import { TemplateDrafts } from './template-drafts.repository.js';
import { TemplateEditing } from './template-editing.service.js';
import { TemplateFilesController } from './template-files.controller.js';
import { TemplateMaps } from './template-maps.service.js';
import { TemplatesController } from './templates.controller.js';
import { TemplateSources } from './template-sources.service.js';
import { TemplateSuggestions } from './template-suggestions.service.js';
import { TemplateTargets } from './template-targets.service.js';
import { TemplateTrialsController } from './template-trials.controller.js';
import { TemplateTrials } from './template-trials.service.js';
import { TemplateViews } from './template-views.service.js';

/** The server behind the template editor, as parts of the plans' module. */
export const TEMPLATE_CONTROLLERS = [
  TemplateTrialsController,
  PlanMigrationsController,
  TemplatesController,
  TemplateFilesController,
  StageMapsController,
];

export const TEMPLATE_PROVIDERS = [
  DryRuns,
  MigrationParts,
  PlanMigrationPreviews,
  PlanMigrationRepository,
  PlanMigrationRuns,
  PlanMigrations,
  PlanMigrationsWorker,
  PlanVersions,
  TemplateAccess,
  TemplateDrafts,
  TemplateEditing,
  TemplateMaps,
  TemplateSources,
  TemplateSuggestions,
  TemplateTargets,
  TemplateTrials,
  TemplateViews,
];
