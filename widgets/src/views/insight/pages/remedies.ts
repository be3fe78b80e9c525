import { shallowRef, type ShallowRef } from 'vue';
import type { StuckView } from '../../../../../src/features/insight/insight.view.js';
import type { LaunchView, PlanView } from '../../../../../src/features/plans/plan.view.js';
import type { PanelActionAnswer, PanelChoicesView } from '../../../../../src/features/pushing/panel.view.js';
import type { ApiClient } from '../../../api/client.js';
import { asFailure, type ApiFailure } from '../../../api/failure.js';

type Row = StuckView['rows'][number];
type Template = LaunchView['templates'][number];

/** What was done to a deal from the list; `undo` takes a closing back. */
interface Done {
  readonly dealId: string;
  readonly title: string;
  readonly remedy: Row['remedy'];
  readonly undo: string | null;
}

/** A remedy that needs one more word of the person first. */
type Question =
  | { readonly kind: 'template'; readonly row: Row; readonly templates: readonly Template[] }
  | { readonly kind: 'reason'; readonly row: Row; readonly reasons: PanelChoicesView['reasons'] };

/** The remedies of stuck deals, by the routes that the plan's screen and the panel use themselves. */
export class Remedies {
  /** By deal: done from here, shown at once. */
  readonly done: ShallowRef<ReadonlyMap<string, Done>> = shallowRef(new Map());
  /** Why the server refused, by deal, in words. */
  readonly refused: ShallowRef<ReadonlyMap<string, string>> = shallowRef(new Map());
  readonly question: ShallowRef<Question | null> = shallowRef(null);
  readonly failure: ShallowRef<ApiFailure | null> = shallowRef(null);
  /** Deals whose remedy is on its way. */
  readonly working: ShallowRef<ReadonlySet<string>> = shallowRef(new Set());

  constructor(private readonly api: ApiClient) {}

  async press(row: Row): Promise<void> {
    await this.#tried(row, async () => {
      this.question.value = null;
      if (row.remedy === 'startPlan') await this.#offer(row);
      else if (row.remedy === 'push') await this.#act(row, { kind: 'push' });
      else if (row.remedy === 'close') await this.#ask(row);
    });
  }

  /** The template or the reason that the question asked for. */
  async answer(value: string): Promise<void> {
    const asked = this.question.value;
    if (!asked || value === '') return;
    this.question.value = null;
    await this.#tried(asked.row, () =>
      asked.kind === 'template'
        ? this.#launch(asked.row, value)
        : this.#act(asked.row, { kind: 'close', reasonKey: value }),
    );
  }

  drop(): void {
    this.question.value = null;
  }

  async undo(deed: Done): Promise<void> {
    this.#forget(deed.dealId);
    try {
      await this.api.write('POST', '/api/panel/undo', { undo: deed.undo });
    } catch (error) {
      this.failure.value = asFailure(error);
    }
  }

  async #offer(row: Row): Promise<void> {
    const { launch } = await this.api.read<PlanView>(`/api/plan/${encodeURIComponent(row.id)}`);
    const [first, ...others] = launch?.allowed ? launch.templates : [];
    if (!first) this.#refuse(row, launch?.why ?? '');
    else if (others.length === 0) await this.#launch(row, first.id);
    else this.question.value = { kind: 'template', row, templates: [first, ...others] };
  }

  async #ask(row: Row): Promise<void> {
    const { reasons } = await this.api.read<PanelChoicesView>('/api/panel/choices');
    const fitting = reasons.filter(({ uses }) => uses.includes('loss'));
    this.question.value = { kind: 'reason', row, reasons: fitting };
  }

  async #launch(row: Row, templateId: string): Promise<void> {
    this.#note(row, null);
    await this.api.write('POST', `/api/plan/${encodeURIComponent(row.id)}/launch`, { templateId });
  }

  async #act(row: Row, action: Readonly<Record<string, string>>): Promise<void> {
    this.#note(row, null);
    const body = { ...action, dealIds: [row.id] };
    const answer = await this.api.write<PanelActionAnswer>('POST', '/api/panel/actions', body);
    const no = answer.refused.find((one) => one.dealId === row.id);
    if (no) this.#refuse(row, no.why);
    else this.#note(row, answer.undo);
  }

  async #tried(row: Row, deed: () => Promise<void>): Promise<void> {
    if (this.working.value.has(row.id)) return;
    this.working.value = new Set(this.working.value).add(row.id);
    this.failure.value = null;
    this.refused.value = new Map([...this.refused.value].filter(([id]) => id !== row.id));
    try {
      await deed();
    } catch (error) {
      this.#forget(row.id);
      this.failure.value = asFailure(error);
    } finally {
      this.working.value = new Set([...this.working.value].filter((id) => id !== row.id));
    }
  }

  #note({ id, title, remedy }: Row, undo: string | null): void {
    this.done.value = new Map(this.done.value).set(id, { dealId: id, title, remedy, undo });
  }

  #forget(dealId: string): void {
    this.done.value = new Map([...this.done.value].filter(([id]) => id !== dealId));
  }

  #refuse(row: Row, why: string): void {
    this.#forget(row.id);
    this.refused.value = new Map(this.refused.value).set(row.id, why);
  }
}
