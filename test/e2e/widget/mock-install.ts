import type { FastifyInstance } from 'fastify';
import type { InstallView, PipelinePlanView } from '../../../src/features/embed/boot.view.js';
import type { Scene } from './mock-server.js';

/** The administrator's calls over the scene's install view. */
export function actOnInstall(app: FastifyInstance, scene: Scene): void {
  app.get('/api/dead-letters', () => scene.letters);
  app.post<{ Params: { id: string } }>('/api/dead-letters/:id/redrive', (request, reply) => {
    scene.letters = scene.letters.filter((letter) => letter.id !== request.params.id);
    return reply.code(204).send();
  });
  app.post('/api/install', () => {
    scene.install = {
      ...scene.install,
      state: 'copying',
      steps: scene.install.steps.map((step) =>
        step.key === 'finish' ? step : { ...step, state: step.key === 'copy' ? 'doing' : 'done' },
      ),
    };
    return scene.install;
  });
  app.post('/api/install/finished', () => {
    scene.install = {
      ...scene.install,
      steps: scene.install.steps.map((step) => (step.key === 'finish' ? { ...step, state: 'done' } : step)),
    };
    return scene.install;
  });
  app.post<{
    Params: { id: string };
    Body: { templateKey: string; language: string; existingDeals: boolean };
  }>('/api/pipelines/:id/template', (request) => {
    const own = scene.routes['POST /api/pipelines/:id/template'];
    if (own) return own({ query: new URLSearchParams(), params: request.params, body: request.body });
    const template = scene.install.templates.find(
      (one) => one.key === request.body.templateKey && one.language === request.body.language,
    );
    if (!template) throw new Error('no such template');
    scene.install = withPlan(scene.install, request.params.id, (pipeline) => ({
      templateId: template.key,
      templateName: template.name,
      version: 1,
      activePlans: 0,
      stageNames: Object.fromEntries(
        pipeline.stages
          .slice(0, template.stages.length)
          .map((stage, index) => [stage.id, template.stages[index]?.name ?? '']),
      ),
    }));
    if (request.body.existingDeals) {
      scene.install = {
        ...scene.install,
        progress: [
          {
            id: 'b1',
            kind: 'bulkLaunch',
            state: 'running',
            done: 640,
            total: 2_089,
            pipelineId: request.params.id,
          },
        ],
      };
    }
    return scene.install;
  });
  app.delete<{ Params: { id: string } }>('/api/pipelines/:id/template', (request) => {
    scene.install = withPlan(scene.install, request.params.id, () => null);
    return scene.install;
  });
  app.post('/api/progress/:id/stop', () => {
    const [first] = scene.install.progress;
    if (!first) throw new Error('nothing runs');
    scene.install = { ...scene.install, progress: [{ ...first, state: 'stopped' }] };
    return scene.install.progress[0];
  });
}

function withPlan(
  view: InstallView,
  id: string,
  plan: (pipeline: PipelinePlanView) => PipelinePlanView['plan'],
): InstallView {
  return {
    ...view,
    pipelines: view.pipelines.map((one) => (one.id === id ? { ...one, plan: plan(one) } : one)),
  };
}
