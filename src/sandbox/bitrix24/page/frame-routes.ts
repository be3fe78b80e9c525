import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PortalUser } from '../../common/page/crm-context.js';
import type { FrameLaunch, PortalApplication, PortalContext, PortalPlacement } from '../portal-context.js';
import {
  PageError,
  bodyOf,
  currentUser,
  isFields,
  optionalNumber,
  pathText,
  text,
  type Fields,
} from '../../common/page/page-request.js';

/** Placements a person can open from this page. */
const OPENABLE = ['DEFAULT', 'LEFT_MENU', 'CRM_DEAL_DETAIL_TAB'] as const;

/** Applications: their list, their frames, what their frames ask the portal for. */
export function registerFrameRoutes(app: FastifyInstance, portal: PortalContext): void {
  app.get('/portal/applications', (request) => {
    currentUser(portal, request);
    return { applications: portal.applications(), menu: portal.placements('LEFT_MENU') };
  });
  app.post('/portal/frames', (request) => {
    const user = currentUser(portal, request);
    const body = bodyOf(request);
    const placementId = optionalNumber(body['placementId'], 'placementId');
    const code = text(body['placement'] ?? 'DEFAULT', 'placement');
    const placement = placementId === undefined ? undefined : bound(portal, code, placementId);
    const application = known(
      portal,
      placement?.applicationId ?? text(body['applicationId'], 'applicationId'),
    );
    const firstRun = application.state === 'new';
    const options = { ...(isFields(body['options']) ? body['options'] : {}), ...refererOf(request) };
    const launch = portal.issueFrameAuth(application.id, user.id, code, options, placementId);
    return { launch, init: initData(portal, application.id, user, { firstRun, launch, options }) };
  });
  app.post('/portal/applications/:id/refresh', (request) =>
    portal.refreshFrameAuth(pathText(request, 'id'), currentUser(portal, request).id),
  );
  app.post('/portal/applications/:id/options', (request) => setOption(portal, request));
  registerLifecycle(app, portal);
}

function registerLifecycle(app: FastifyInstance, portal: PortalContext): void {
  app.post('/portal/applications/:id/finish', (request) => {
    requireAdmin(portal, request);
    const application = known(portal, pathText(request, 'id'));
    portal.finishInstall(application.id);
    return known(portal, application.id);
  });
  app.post('/portal/applications/:id/uninstall', async (request) => {
    requireAdmin(portal, request);
    const application = known(portal, pathText(request, 'id'));
    await portal.uninstall(application.id, bodyOf(request)['clean'] === true);
    return { uninstalled: true };
  });
}

function requireAdmin(portal: PortalContext, request: FastifyRequest): void {
  const user = currentUser(portal, request);
  if (!user.admin) throw new PageError(422, 'only an administrator may do this');
}

function setOption(portal: PortalContext, request: FastifyRequest): Fields {
  const user = currentUser(portal, request);
  const application = known(portal, pathText(request, 'id'));
  const body = bodyOf(request);
  const name = text(body['name'], 'name');
  if (body['scope'] !== 'app') return portal.setUserOption(application.id, user.id, name, body['value']);
  if (!user.admin) throw new PageError(422, 'only an administrator may set an option of the application');
  return portal.setAppOption(application.id, name, body['value']);
}

function known(portal: PortalContext, id: string): PortalApplication {
  const application = portal.applications().find((one) => one.id === id);
  if (application === undefined) throw new PageError(404, `there is no application ${id}`);
  return application;
}

function bound(portal: PortalContext, code: string, placementId: number): PortalPlacement {
  if (!OPENABLE.some((one) => one === code)) throw new PageError(400, `${code} cannot be opened from here`);
  const placement = portal.placements(code).find((one) => one.id === placementId);
  if (placement === undefined) throw new PageError(404, `there is no placement ${placementId}`);
  return placement;
}

/** A real portal tells the frame the address of the page around it, whenever the browser sent one. */
function refererOf(request: FastifyRequest): { readonly URI?: string } {
  const referer = request.headers.referer;
  if (referer === undefined || !URL.canParse(referer)) return {};
  const { pathname, search } = new URL(referer);
  return { URI: pathname + search };
}

/** The answer to `getInitData`: empty maps are lists, as PHP writes them. */
function initData(
  portal: PortalContext,
  applicationId: string,
  user: PortalUser,
  opened: { readonly firstRun: boolean; readonly launch: FrameLaunch; readonly options: Fields },
): Fields {
  const { firstRun, launch, options } = opened;
  return {
    LANG: portal.language,
    DOMAIN: portal.domain,
    PROTOCOL: Number(portal.protocol),
    PATH: '/rest',
    AUTH_ID: launch.fields['AUTH_ID'] ?? '',
    AUTH_EXPIRES: launch.fields['AUTH_EXPIRES'] ?? '3600',
    REFRESH_ID: launch.fields['REFRESH_ID'] ?? '',
    MEMBER_ID: portal.memberId,
    FIRST_RUN: firstRun,
    IS_ADMIN: user.admin,
    INSTALL: launch.installer,
    USER_OPTIONS: phpMap(portal.userOptions(applicationId, user.id)),
    APP_OPTIONS: phpMap(portal.appOptions(applicationId)),
    PLACEMENT: launch.fields['PLACEMENT'] ?? 'DEFAULT',
    PLACEMENT_OPTIONS: Object.keys(options).length === 0 ? '' : options,
  };
}

function phpMap(map: Fields): Fields | readonly never[] {
  return Object.keys(map).length === 0 ? [] : map;
}
