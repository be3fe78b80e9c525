import type { FastifyInstance, FastifyRequest } from 'fastify';
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
import { integrationView } from '../account-views.js';
import { disposableToken, type DisposableTokenWish } from '../store/disposable-token.js';
import type { ControlParts } from './control-parts.js';

/** Integrations: registering, installing both ways, removing; tokens; triggers of the digital pipeline. */
export function registerIntegrationControl(app: FastifyInstance, parts: ControlParts): void {
  const { store, context } = parts;
  const integration = (request: FastifyRequest) => {
    const { id } = request.params as { readonly id: string };
    return found(store.integrations.get(id), 'such integration');
  };
  const admin = () => store.people.firstAdmin().id;
  app.post('/applications', (request) => {
    const body = readBody(request);
    const made = store.integrations.register({
      clientId: optionalText(body, 'clientId'),
      clientSecret: optionalText(body, 'clientSecret'),
      title: optionalText(body, 'title'),
      redirectUri: address(requiredText(body, 'redirectUri')),
      uninstallUrl: optionalAddress(body, 'uninstallUrl'),
      kind: kindOf(optionalText(body, 'kind')),
    });
    store.announce({ kind: 'application', id: made.id });
    return { clientId: made.id, clientSecret: made.secret, title: made.title, code: made.code };
  });
  app.get('/applications', () => context.integrations());
  app.post('/applications/:id/install', async (request) => {
    const target = integration(request);
    const status = await context.install(target.id, optionalNumber(readBody(request), 'userId') ?? admin());
    return { status, state: target.state };
  });
  app.post('/applications/:id/uninstall', async (request) => {
    const target = integration(request);
    const status = await context.uninstall(target.id);
    return { status, state: target.state };
  });
  app.post('/applications/:id/tokens', (request) =>
    store.tokens.issuePair(integration(request).id, optionalNumber(readBody(request), 'userId') ?? admin()),
  );
  app.post('/applications/:id/long-lived-token', async (request) => {
    const body = readBody(request);
    const userId = optionalNumber(body, 'userId') ?? admin();
    const days = optionalNumber(body, 'days') ?? 365;
    const { access, expires } = await store.tokens.issueLongLived(integration(request).id, userId, days);
    return { access, expires };
  });
  app.post('/applications/:id/disposable-token', async (request) => ({
    token: await disposableToken(store, integration(request), wishOf(readBody(request), admin())),
  }));
  app.get('/applications/:id', (request) => integrationView(integration(request)));
  registerTriggers(app, parts);
}

function registerTriggers(app: FastifyInstance, { store }: ControlParts): void {
  app.get('/triggers', () => store.digitalPipeline.triggers);
  app.post('/triggers', (request) => {
    const body = readBody(request);
    const pipelineId = requiredNumber(body, 'pipelineId');
    const statusId = requiredNumber(body, 'statusId');
    found(store.pipelines.status(pipelineId, statusId), 'such status');
    return store.digitalPipeline.add({
      pipelineId,
      statusId,
      url: address(requiredText(body, 'url')),
      settings: (body['settings'] ?? {}) as Readonly<Record<string, unknown>>,
      encoding: optionalText(body, 'encoding') === 'json' ? 'json' : 'form',
      shape: optionalText(body, 'shape') === 'leads' ? 'leads' : 'data',
      multiple: optionalFlag(body, 'multiple') ?? false,
    });
  });
  app.delete('/triggers/:id', (request) => {
    const { id } = request.params as { readonly id: string };
    store.digitalPipeline.remove(Number(id));
    return { ok: true };
  });
}

function wishOf(body: Readonly<Record<string, unknown>>, admin: number): DisposableTokenWish {
  const algorithm = optionalText(body, 'algorithm') ?? 'HS256';
  if (algorithm !== 'HS256' && algorithm !== 'HS512' && algorithm !== 'none') {
    throw new ControlError(400, 'algorithm must be HS256, HS512 or none');
  }
  const audience = optionalText(body, 'audience');
  const secret = optionalText(body, 'secret');
  return {
    userId: optionalNumber(body, 'userId') ?? admin,
    algorithm,
    expired: optionalFlag(body, 'expired') ?? false,
    ...(audience === undefined ? {} : { audience }),
    ...(secret === undefined ? {} : { secret }),
  };
}

function kindOf(text: string | undefined): 'private' | 'public' | 'external' | undefined {
  if (text === undefined || text === 'private' || text === 'public' || text === 'external') return text;
  throw new ControlError(400, 'kind must be private, public or external');
}

function optionalAddress(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const text = optionalText(body, name);
  return text === undefined ? undefined : address(text);
}

function address(text: string): string {
  if (!URL.canParse(text)) throw new ControlError(400, `${text} is no address`);
  return text;
}
