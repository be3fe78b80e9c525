import { StageMapsController } from './stage-maps.controller.js';
import { TemplateAccess } from './template-access.service.js';
import { TemplateDrafts } from './template-drafts.repository.js';
import { TemplateEditing } from './template-editing.service.js';
import { TemplateMaps } from './template-maps.service.js';
import { TemplatesController } from './templates.controller.js';
import { TemplateSources } from './template-sources.service.js';
import { TemplateSuggestions } from './template-suggestions.service.js';
import { TemplateViews } from './template-views.service.js';

/** The server behind the template editor, as parts of the plans' module. */
export const TEMPLATE_CONTROLLERS = [TemplatesController, StageMapsController];

export const TEMPLATE_PROVIDERS = [
  TemplateAccess,
  TemplateDrafts,
  TemplateEditing,
  TemplateMaps,
  TemplateSources,
  TemplateSuggestions,
  TemplateViews,
];
