import { onScopeDispose, ref, shallowRef } from 'vue';
import type { TemplateBody } from '../../../../src/domain/plans/template.types.js';
import type {
  SavedDraftView,
  TemplateFaultView,
  TemplateView,
} from '../../../../src/features/plans/templates.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';

/** `changed`: not sent yet. `conflict`: somebody else saved; nothing more is sent until the person decides. */
export type SaveState = 'saved' | 'changed' | 'saving' | 'failed' | 'conflict';

const PAUSE_MS = 700;

/** Keeps the draft by itself, one save after another, each over the revision that the last one gave. */
export class DraftSaving {
  readonly state = ref<SaveState>('saved');
  readonly failure = shallowRef<ApiFailure | null>(null);
  readonly faults = shallowRef<readonly TemplateFaultView[]>([]);
  /** Of the draft as the server keeps it; 0: there is none. */
  readonly revision = ref(0);
  /** What somebody else saved meanwhile, while it is to be decided. */
  readonly theirs = shallowRef<TemplateView | null>(null);
  readonly #path: string;
  #kept: TemplateBody;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #line: Promise<boolean> = Promise.resolve(true);

  constructor(
    private readonly api: ApiClient,
    first: TemplateView,
    private readonly bodyNow: () => TemplateBody,
  ) {
    this.#path = `/api/templates/${first.id}`;
    this.#kept = first.body;
    this.begin(first);
  }

  begin(view: TemplateView): void {
    clearTimeout(this.#timer);
    this.#kept = view.body;
    this.theirs.value = null;
    this.failure.value = null;
    this.revision.value = view.revision;
    this.faults.value = view.faults;
    this.state.value = 'saved';
  }

  /** The body has changed: it is kept a moment later. */
  touched(): void {
    if (this.state.value === 'conflict') return;
    if (this.state.value !== 'saving') this.state.value = 'changed';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), PAUSE_MS);
  }

  /** Keeps what is not kept yet; true when everything is. */
  flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#line = this.#line.then(() => this.#save());
    return this.#line;
  }

  /** In a conflict: own work over theirs. */
  async overwrite(): Promise<boolean> {
    const other = this.theirs.value ?? (await this.#read());
    if (!other) return false;
    this.theirs.value = null;
    this.revision.value = other.revision;
    this.#kept = other.body;
    this.state.value = 'changed';
    return this.flush();
  }

  async #save(): Promise<boolean> {
    const body = this.bodyNow();
    if (this.state.value === 'conflict') return false;
    if (body === this.#kept) {
      this.state.value = 'saved';
      return true;
    }
    this.state.value = 'saving';
    try {
      const order = { body, revision: this.revision.value };
      const saved = await this.api.write<SavedDraftView>('PUT', `${this.#path}/draft`, order);
      this.revision.value = saved.revision;
      this.faults.value = saved.faults;
      this.#kept = body;
      this.failure.value = null;
    } catch (error) {
      return this.#refused(asFailure(error));
    }
    if (this.bodyNow() !== body) return this.#save();
    this.state.value = 'saved';
    return true;
  }

  async #refused(why: ApiFailure): Promise<boolean> {
    this.failure.value = why;
    this.state.value = why.status === 409 ? 'conflict' : 'failed';
    if (why.status === 409) this.theirs.value = await this.#read();
    return false;
  }

  #read(): Promise<TemplateView | null> {
    return this.api.read<TemplateView>(this.#path).catch(() => null);
  }
}

/** Whoever leaves within the pause has finished: the last change goes out at once. */
export function useSaving(api: ApiClient, first: TemplateView, bodyNow: () => TemplateBody): DraftSaving {
  const saving = new DraftSaving(api, first, bodyNow);
  onScopeDispose(() => {
    if (saving.state.value === 'changed') void saving.flush();
  });
  return saving;
}
