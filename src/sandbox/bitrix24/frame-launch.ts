import { randomBytes } from 'node:crypto';
import type { FrameAuth, FrameLaunch } from './portal-context.js';
import type { Application } from './store/applications.js';
import type { Person } from './store/people.js';
import type { PortalStore } from './store/portal-store.js';
import { ACCESS_SECONDS } from './store/tokens.js';

export interface FrameRequest {
  readonly application: Application;
  readonly person: Person;
  readonly placement: string;
  readonly placementOptions: Readonly<Record<string, unknown>>;
  readonly placementId: number | undefined;
}

/** What the browser posts into an application's frame; a new chain of tokens for the person who opens it. */
export function launchFrame(store: PortalStore, protocol: '0' | '1', request: FrameRequest): FrameLaunch {
  const { application, person } = request;
  const installer = application.state !== 'installed';
  const handler = installer ? installerOf(application, person, store) : handlerOf(request);
  const sid = randomBytes(16).toString('hex');
  const action = new URL(handler);
  const { domain, serverEndpoint } = store.address();
  action.searchParams.set('DOMAIN', domain);
  action.searchParams.set('PROTOCOL', protocol);
  action.searchParams.set('LANG', store.company.language);
  action.searchParams.set('APP_SID', sid);
  const auth = frameAuth(store, application, person);
  return {
    action: action.toString(),
    frameName: `${domain}|${protocol}|${sid}`,
    sid,
    origin: action.origin,
    installer,
    fields: {
      ...auth,
      SERVER_ENDPOINT: serverEndpoint,
      APPLICATION_TOKEN: application.applicationToken,
      APPLICATION_SCOPE: application.scopes.join(','),
      member_id: store.memberId,
      status: 'L',
      PLACEMENT: request.placement,
      PLACEMENT_OPTIONS:
        Object.keys(request.placementOptions).length === 0 ? '' : JSON.stringify(request.placementOptions),
    },
  };
}

export function frameAuth(store: PortalStore, application: Application, person: Person): FrameAuth {
  const pair = store.tokens.issuePair(application.id, person.id);
  return { AUTH_ID: pair.access, AUTH_EXPIRES: String(ACCESS_SECONDS), REFRESH_ID: pair.refresh };
}

function installerOf(application: Application, person: Person, store: PortalStore): string {
  if (!person.admin) {
    throw new Error('the application is not fully installed yet: ask an administrator to open it');
  }
  if (application.state === 'new') {
    application.state = 'installing';
    application.installedBy = person.id;
    store.announce({ kind: 'application', id: application.id });
  }
  return application.installUrl;
}

function handlerOf(request: FrameRequest): string {
  if (request.placement === 'DEFAULT') {
    return request.application.handlerUrl;
  }
  const bound = request.application.placements.find(
    (placement) =>
      placement.code === request.placement &&
      (request.placementId === undefined || placement.id === request.placementId),
  );
  if (bound === undefined) {
    throw new Error(`the application has bound no ${request.placement}`);
  }
  return bound.handler;
}
