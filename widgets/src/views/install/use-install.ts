import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { InstallView, ProgressView } from '../../../../src/features/embed/boot.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';
import { usePolling, type Polled } from '../../ui/polling.js';

export interface InstallStore extends Polled<InstallView> {
  /** Which button waits for its answer; null: none. */
  readonly busy: Ref<string | null>;
  /** Why the last command was refused, and which one. */
  readonly refusal: ShallowRef<{ readonly command: string; readonly failure: ApiFailure } | null>;
  connect(): Promise<void>;
  turnOn(pipelineId: string, template: TemplateChoice): Promise<void>;
  turnOff(pipelineId: string, closePlans: boolean): Promise<void>;
  stop(progress: ProgressView): Promise<void>;
  finished(): Promise<void>;
}

export interface TemplateChoice {
  readonly templateKey: string;
  readonly language: 'ru' | 'en';
  readonly existingDeals: boolean;
}

const RUNNING_MS = 1_500;
const CALM_MS = 20_000;

export function useInstall(api: ApiClient, first: Promise<InstallView> | undefined): InstallStore {
  const polled = usePolling<InstallView>(api, '/api/install', first, (view) =>
    isMoving(view) ? RUNNING_MS : CALM_MS,
  );
  const busy = ref<string | null>(null);
  const refusal = shallowRef<{ readonly command: string; readonly failure: ApiFailure } | null>(null);

  async function run(command: string, call: () => Promise<InstallView | null>): Promise<void> {
    if (busy.value !== null) return;
    busy.value = command;
    refusal.value = null;
    try {
      const view = await call();
      if (view) polled.view.value = view;
      // The answer may have started something that moves: look again at the quick pace.
      void polled.reload();
    } catch (error) {
      const failure = asFailure(error);
      refusal.value = { command, failure };
    } finally {
      busy.value = null;
    }
  }

  const templatePath = (id: string): string => `/api/pipelines/${encodeURIComponent(id)}/template`;
  return {
    ...polled,
    busy,
    refusal,
    connect: () => run('connect', () => api.write('POST', '/api/install')),
    turnOn: (id, template) => run(`on/${id}`, () => api.write('POST', templatePath(id), template)),
    turnOff: (id, closePlans) =>
      run(`off/${id}`, () => api.write('DELETE', templatePath(id) + (closePlans ? '?close=true' : ''))),
    stop: (progress) =>
      run(`stop/${progress.id}`, async () => {
        await api.write('POST', `/api/progress/${encodeURIComponent(progress.id)}/stop`);
        return null;
      }),
    // The host reloads the whole page at any moment now: the call must outlive it.
    finished: () => run('finish', () => api.write('POST', '/api/install/finished', {}, { keepalive: true })),
  };
}

function isMoving(view: InstallView | null): boolean {
  if (!view) return true;
  const running = view.progress.some((one) => one.state === 'running' || one.state === 'stopping');
  return running || view.state === 'connecting' || view.state === 'copying' || view.sync.state === 'running';
}
