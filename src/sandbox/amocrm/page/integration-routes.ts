import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  PageError,
  bodyOf,
  currentUser,
  isFields,
  pathNumber,
  pathText,
  text,
} from '../../common/page/page-request.js';
import type { AccountContext, AccountIntegration } from '../account-context.js';
import type { WidgetShelf } from './widget-shelf.js';

/** What the page needs to host a widget. */
export interface WidgetView extends AccountIntegration {
  /** Where the widget's files are. */
  readonly path: string | null;
  readonly manifest: Readonly<Record<string, unknown>> | null;
  readonly texts: Readonly<Record<string, unknown>>;
  /** Whether it brings a style sheet of its own. */
  readonly styled: boolean;
}

export function widgetViews(account: AccountContext, shelf: WidgetShelf): readonly WidgetView[] {
  return account.integrations().map((integration) => {
    const widget = shelf.get(integration.id);
    return {
      ...integration,
      path: widget === undefined ? null : `/upl/${integration.code}/widget`,
      manifest: widget?.manifest ?? null,
      texts: widget?.texts ?? {},
      styled: widget?.files.has('style.css') === true,
    };
  });
}

/** Integrations: installing, settings, removing; the token a widget proves its user with. */
export function registerIntegrationRoutes(
  app: FastifyInstance,
  account: AccountContext,
  shelf: WidgetShelf,
): void {
  app.get('/portal/integrations', (request) => {
    currentUser(account, request);
    return { integrations: widgetViews(account, shelf) };
  });
  app.post('/portal/integrations/:id/install', async (request) => {
    const user = requireAdmin(account, request);
    const integration = known(account, pathText(request, 'id'));
    const callback = await account.install(integration.id, user.id);
    return { integration: known(account, integration.id), callback };
  });
  app.post('/portal/integrations/:id/settings', (request) => {
    requireAdmin(account, request);
    const integration = known(account, pathText(request, 'id'));
    const { fields } = bodyOf(request);
    if (!isFields(fields)) throw new PageError(400, 'fields must be an object');
    account.saveSettings(integration.id, fields);
    return known(account, integration.id);
  });
  app.post('/portal/integrations/:id/uninstall', async (request) => {
    requireAdmin(account, request);
    const integration = known(account, pathText(request, 'id'));
    return { callback: await account.uninstall(integration.id) };
  });
  registerTriggerRoutes(app, account, shelf);
  app.get('/ajax/v2/integrations/:id/disposable_token', async (request) => {
    const user = currentUser(account, request);
    if (request.headers['x-requested-with'] !== 'XMLHttpRequest')
      throw new PageError(400, 'not from the page');
    const integration = known(account, pathText(request, 'id'));
    if (integration.state !== 'installed') throw new PageError(422, 'the widget is not installed');
    return { token: await account.disposableToken(integration.id, user.id) };
  });
}

/** The digital pipeline's settings: actions of widgets on stages. */
function registerTriggerRoutes(app: FastifyInstance, account: AccountContext, shelf: WidgetShelf): void {
  app.get('/portal/triggers', (request) => {
    currentUser(account, request);
    return { triggers: account.triggers() };
  });
  app.post('/portal/triggers', (request) => {
    requireAdmin(account, request);
    const { integrationId, stageKey, settings } = bodyOf(request);
    const integration = known(account, text(integrationId, 'integrationId'));
    const action = shelf.get(integration.id)?.manifest['dp'];
    const url = isFields(action) ? action['webhook_url'] : undefined;
    if (integration.state !== 'installed' || typeof url !== 'string')
      throw new PageError(422, 'the widget has no action');
    if (!isFields(settings)) throw new PageError(400, 'settings must be an object');
    return account.addTrigger(text(stageKey, 'stageKey'), url, settings);
  });
  app.delete('/portal/triggers/:id', (request) => {
    requireAdmin(account, request);
    account.removeTrigger(pathNumber(request, 'id'));
    return { removed: true };
  });
}

function requireAdmin(account: AccountContext, request: FastifyRequest) {
  const user = currentUser(account, request);
  if (!user.admin) throw new PageError(422, 'only an administrator may do this');
  return user;
}

function known(account: AccountContext, id: string): AccountIntegration {
  const integration = account.integrations().find((one) => one.id === id);
  if (integration === undefined) throw new PageError(404, `there is no integration ${id}`);
  return integration;
}
