import type { FastifyInstance, FastifyRequest } from 'fastify';
import { installScript, runRobot, updateApplication } from '../store/application-actions.js';
import type { Application } from '../store/applications.js';
import {
  ControlError,
  found,
  optionalFlag,
  optionalNumber,
  optionalText,
  readBody,
  requiredNumber,
  requiredText,
} from '../../common/control-input.js';
import type { ControlParts } from './control-parts.js';

/** Applications: registering, installing both ways, updating, removing; robots. */
export function registerApplicationControl(app: FastifyInstance, parts: ControlParts): void {
  registerCatalogue(app, parts);
  registerLife(app, parts);
  registerRobots(app, parts);
}

function applicationOf(parts: ControlParts, request: FastifyRequest): Application {
  const { id } = request.params as { readonly id: string };
  return found(parts.store.applications.get(id), 'such application');
}

function registerCatalogue(app: FastifyInstance, parts: ControlParts): void {
  const { store, context } = parts;
  const application = (request: FastifyRequest) => applicationOf(parts, request);
  app.post('/applications', (request) => {
    const body = readBody(request);
    const scopes = body['scopes'];
    const made = store.applications.register({
      clientId: optionalText(body, 'clientId'),
      clientSecret: optionalText(body, 'clientSecret'),
      title: optionalText(body, 'title'),
      handlerUrl: url(requiredText(body, 'handlerUrl')),
      installUrl: url(requiredText(body, 'installUrl')),
      scopes: Array.isArray(scopes) ? scopes.map(String) : undefined,
      flavour: flavour(optionalText(body, 'flavour')),
    });
    store.announce({ kind: 'application', id: made.id });
    return { clientId: made.id, clientSecret: made.secret, title: made.title, flavour: made.flavour };
  });
  app.get('/applications', () => context.applications());
  app.post('/applications/:id/launch', (request) => {
    const body = readBody(request);
    return context.issueFrameAuth(
      application(request).id,
      optionalNumber(body, 'userId') ?? store.people.firstAdmin().id,
      optionalText(body, 'placement') ?? 'DEFAULT',
      (body['placementOptions'] ?? {}) as Readonly<Record<string, unknown>>,
    );
  });
}

function registerLife(app: FastifyInstance, parts: ControlParts): void {
  const { store, context } = parts;
  const application = (request: FastifyRequest) => applicationOf(parts, request);
  app.post('/applications/:id/finish', (request) => {
    context.finishInstall(application(request).id);
    return { state: application(request).state };
  });
  app.post('/applications/:id/install', async (request) => {
    const body = readBody(request);
    const target = application(request);
    const userId = optionalNumber(body, 'userId') ?? store.people.firstAdmin().id;
    if ((flavour(optionalText(body, 'flavour')) ?? target.flavour) === 'script') {
      return { status: await installScript(store, target, userId), state: target.state };
    }
    const launch = context.issueFrameAuth(target.id, userId, 'DEFAULT', {});
    const status = await store.sender.post(launch.action, launch.fields);
    return { status, state: target.state, launch };
  });
  app.post('/applications/:id/update', async (request) => {
    await updateApplication(store, application(request));
    return { version: application(request).version };
  });
  app.post('/applications/:id/uninstall', async (request) => {
    await context.uninstall(application(request).id, optionalFlag(readBody(request), 'clean') ?? false);
    return { state: application(request).state };
  });
  app.post('/applications/:id/tokens', (request) => {
    const userId = optionalNumber(readBody(request), 'userId') ?? store.people.firstAdmin().id;
    return store.tokens.issuePair(application(request).id, userId);
  });
}

function registerRobots(app: FastifyInstance, parts: ControlParts): void {
  const { store } = parts;
  app.post('/robots/run', async (request) => {
    const body = readBody(request);
    return runRobot(
      store,
      requiredText(body, 'robotCode'),
      requiredNumber(body, 'dealId'),
      (body['properties'] ?? {}) as Readonly<Record<string, unknown>>,
    );
  });
}

function flavour(text: string | undefined): 'pages' | 'script' | undefined {
  if (text === undefined || text === 'pages' || text === 'script') {
    return text;
  }
  throw new ControlError(400, 'flavour must be pages or script');
}

function url(text: string): string {
  if (!URL.canParse(text)) {
    throw new ControlError(400, `${text} is no address`);
  }
  return text;
}
