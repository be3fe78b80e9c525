import type { Application } from './applications.js';
import type { PortalStore } from './portal-store.js';

/** The page's `installFinish`; again does nothing. */
export function finishInstall(store: PortalStore, application: Application): void {
  if (application.state === 'installed') {
    return;
  }
  application.state = 'installed';
  if (application.installedBy === 0) {
    application.installedBy = store.people.firstAdmin().id;
  }
  store.announce({ kind: 'application', id: application.id });
}

/**
 * Installs an application without pages: the portal itself posts ONAPPINSTALL with both tokens, and the application
 * is installed at once. Answers with the handler's status, 0 for no answer.
 */
export async function installScript(
  store: PortalStore,
  application: Application,
  userId: number,
): Promise<number> {
  application.installedBy = userId;
  application.state = 'installed';
  store.announce({ kind: 'application', id: application.id });
  return store.sender.post(
    application.installUrl,
    store.events.fields(application, 'ONAPPINSTALL', installData(store, application), {
      userId,
      refresh: true,
    }),
  );
}

/** Raises the version: a new application token, every event handler dropped, the handlers told before that. */
export async function updateApplication(store: PortalStore, application: Application): Promise<void> {
  const previous = application.version;
  application.version += 1;
  store.applications.renewToken(application);
  const handlers = application.handlers.filter((handler) => handler.event === 'ONAPPUPDATE');
  application.handlers.length = 0;
  const data = {
    VERSION: application.version,
    PREVIOUS_VERSION: previous,
    LANGUAGE_ID: store.company.language,
  };
  for (const handler of handlers) {
    await store.sender.post(
      handler.handler,
      store.events.fields(application, 'ONAPPUPDATE', data, {
        userId: application.installedBy,
        refresh: true,
        handlerId: handler.id,
      }),
    );
  }
}

/** Tells the application with nothing but its token as proof, then drops all it bound and all its tokens. */
export async function uninstall(store: PortalStore, application: Application, clean: boolean): Promise<void> {
  const calls = application.handlers
    .filter((handler) => handler.event === 'ONAPPUNINSTALL')
    .map((handler) => ({
      url: handler.handler,
      fields: store.events.fields(
        application,
        'ONAPPUNINSTALL',
        { LANGUAGE_ID: store.company.language, CLEAN: clean ? 1 : 0 },
        { userId: 0, refresh: false, handlerId: handler.id },
      ),
    }));
  store.tokens.dropApplication(application.id);
  store.events.offline.dropApplication(application.id);
  store.applications.clear(application);
  store.announce({ kind: 'application', id: application.id });
  for (const call of calls) {
    await store.sender.post(call.url, call.fields);
  }
}

/** Calls a robot's handler as an automation rule would. */
export async function runRobot(
  store: PortalStore,
  code: string,
  dealId: number,
  properties: Readonly<Record<string, unknown>>,
): Promise<{ readonly status: number; readonly eventToken: string; readonly workflowId: string }> {
  for (const application of store.applications.all()) {
    const robot = application.robots.get(code);
    if (robot === undefined) {
      continue;
    }
    const workflowId = `${store.nextPartId().toString(16).padStart(8, '0')}.${String(store.clock.now()).slice(-8)}`;
    const eventToken = `${workflowId}|A${dealId}_${store.nextPartId()}|${code}`;
    const waits = robot.fields['USE_SUBSCRIPTION'] !== 'N';
    if (waits) {
      store.waitingRobots.add(eventToken);
    }
    const status = await store.sender.post(
      typeof robot.fields['HANDLER'] === 'string' ? robot.fields['HANDLER'] : '',
      {
        workflow_id: workflowId,
        code,
        document_id: ['crm', 'CCrmDocumentDeal', `DEAL_${dealId}`],
        document_type: ['crm', 'CCrmDocumentDeal', 'DEAL'],
        event_token: eventToken,
        properties,
        use_subscription: waits ? 'Y' : 'N',
        timeout_duration: 0,
        ts: store.clock.seconds(),
        auth: store.events.auth(application, 0, false),
      },
    );
    return { status, eventToken, workflowId };
  }
  throw new Error(`no robot ${code}`);
}

function installData(store: PortalStore, application: Application): Readonly<Record<string, unknown>> {
  return {
    VERSION: application.version,
    ACTIVE: 'Y',
    INSTALLED: 'Y',
    LANGUAGE_ID: store.company.language,
  };
}
