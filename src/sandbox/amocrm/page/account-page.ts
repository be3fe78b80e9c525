import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { registerCrmPage } from '../../common/page/crm-page.js';
import { registerDealRoutes } from '../../common/page/deal-routes.js';
import { bodyOf, currentUser, pathNumber, text } from '../../common/page/page-request.js';
import { registerTaskRoutes } from '../../common/page/task-routes.js';
import type { AccountContext } from '../account-context.js';
import { registerIntegrationRoutes, widgetViews } from './integration-routes.js';
import { registerWidgetFiles } from './widget-files.js';
import type { WidgetShelf } from './widget-shelf.js';

const ASSETS = join(import.meta.dirname, 'assets');
const SCREENS = [
  '/',
  ...['leads', 'todo', 'settings', 'widget_page', 'widgets'].flatMap((one) => [`/${one}`, `/${one}/*`]),
];

/** Mounts the account's own page, which hosts widgets as the real one does. */
export function registerAccountPage(
  app: FastifyInstance,
  account: AccountContext,
  widgets: WidgetShelf,
): void {
  registerCrmPage(app, {
    context: account,
    assets: ASSETS,
    screens: SCREENS,
    routes: (scope) => {
      registerDealRoutes(scope, account, (deal) => ({ notes: account.notes(deal.id) }));
      registerTaskRoutes(scope, account, (user) => ({
        accountId: account.accountId,
        subdomain: account.subdomain,
        domain: new URL(account.url).host,
        constants: account.constants(user.id),
        widgets: widgetViews(account, widgets),
      }));
      registerPersonRoutes(scope, account);
      registerIntegrationRoutes(scope, account, widgets);
      registerWidgetFiles(scope, account, widgets);
    },
  });
}

/** What only this host's page has: notes, and results of tasks. */
function registerPersonRoutes(app: FastifyInstance, account: AccountContext): void {
  app.post('/portal/deals/:id/notes', (request) => {
    const user = currentUser(account, request);
    return account.addNote(pathNumber(request, 'id'), text(bodyOf(request)['text'], 'text'), user.id);
  });
  app.post('/portal/tasks/:id/result', (request) => {
    const user = currentUser(account, request);
    const result = text(bodyOf(request)['text'], 'text');
    account.completeWithResult(pathNumber(request, 'id'), result, user.id);
    return { completed: true };
  });
}
