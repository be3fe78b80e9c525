import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { registerCrmPage } from '../../common/page/crm-page.js';
import { existing, registerDealRoutes } from '../../common/page/deal-routes.js';
import { bodyOf, currentUser, pathNumber, text } from '../../common/page/page-request.js';
import { SHOWN_ROWS, registerTaskRoutes } from '../../common/page/task-routes.js';
import type { PortalContext } from '../portal-context.js';
import { registerFrameRoutes } from './frame-routes.js';

const ASSETS = join(import.meta.dirname, 'assets');
const SCREENS = [
  '/',
  ...['crm', 'company', 'marketplace', 'workgroups', 'notifications'].flatMap((one) => [
    `/${one}`,
    `/${one}/*`,
  ]),
];

/** Mounts the portal's own page. */
export function registerPortalPage(app: FastifyInstance, portal: PortalContext): void {
  registerCrmPage(app, {
    context: portal,
    assets: ASSETS,
    screens: SCREENS,
    routes: (scope) => {
      registerDealRoutes(scope, portal, (deal) => ({
        activities: portal.activities(deal.id),
        timeline: portal.timeline(deal.id),
        tabs: portal.placements('CRM_DEAL_DETAIL_TAB'),
        robots: portal.robots(),
      }));
      registerTaskRoutes(scope, portal, (user) => ({
        domain: portal.domain,
        protocol: portal.protocol,
        memberId: portal.memberId,
        menu: portal.placements('LEFT_MENU'),
        notifications: portal.notifications(user.id).length,
        applications: portal.applications(),
      }));
      registerPersonRoutes(scope, portal);
      registerFrameRoutes(scope, portal);
    },
  });
}

/** What only this host's page has: notifications of a person, robots and activities of a deal. */
function registerPersonRoutes(app: FastifyInstance, portal: PortalContext): void {
  app.get('/portal/notifications', (request) => ({
    notifications: portal.notifications(currentUser(portal, request).id).slice(0, SHOWN_ROWS),
  }));
  app.post('/portal/activities/:id/press', (request) => {
    const button = text(bodyOf(request)['button'], 'button');
    return portal.pressButton(pathNumber(request, 'id'), button, currentUser(portal, request).id);
  });
  app.post('/portal/activities/:id/complete', (request) =>
    portal.completeActivity(pathNumber(request, 'id'), currentUser(portal, request).id),
  );
  app.post('/portal/deals/:id/robots', async (request) => {
    currentUser(portal, request);
    const deal = existing(portal, pathNumber(request, 'id'));
    await portal.runRobot(text(bodyOf(request)['code'], 'code'), deal.id, {});
    return { started: true };
  });
}
