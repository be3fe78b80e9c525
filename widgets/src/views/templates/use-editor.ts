import { computed, inject, provide, ref, shallowRef, type InjectionKey, type Ref } from 'vue';
import type { TemplateBody } from '../../../../src/domain/plans/template.types.js';
import type { TemplateFaultView, TemplateView } from '../../../../src/features/plans/templates.view.js';
import type { ApiClient } from '../../api/client.js';
import { beginHistory, record, redo, undo } from './edit-history.js';
import { useSaving, type DraftSaving } from './use-saving.js';

/** What the panel beside the stages shows. */
export type Selection =
  | { readonly kind: 'step'; readonly key: string }
  | { readonly kind: 'stage'; readonly key: string }
  | { readonly kind: 'template' };

/** One template while it is edited: its body, what may be taken back, what is wrong with it, and how it is kept. */
export interface Editor {
  readonly id: string;
  readonly body: Readonly<Ref<TemplateBody>>;
  readonly view: Readonly<Ref<TemplateView>>;
  readonly faults: Readonly<Ref<readonly TemplateFaultView[]>>;
  readonly saving: DraftSaving;
  readonly mayChange: boolean;
  readonly selected: Ref<Selection | null>;
  readonly canUndo: Readonly<Ref<boolean>>;
  readonly canRedo: Readonly<Ref<boolean>>;
  /** Changes of one label soon after each other are taken back together; an empty label stands alone. */
  change(label: string, change: (body: TemplateBody) => TemplateBody): void;
  undo(): void;
  redo(): void;
  /** Another body in place of this one and of all that was done to it. */
  replace(view: TemplateView): void;
}

const editorKey: InjectionKey<Editor> = Symbol('template editor');

export function openEditor(api: ApiClient, first: TemplateView, mayChange: boolean): Editor {
  const view = shallowRef(first);
  const history = shallowRef(beginHistory(first.body));
  const selected = ref<Selection | null>(null);
  const body = computed(() => history.value.present);
  const saving = useSaving(api, first, () => history.value.present);

  function move(next: typeof history.value): void {
    if (next === history.value) return;
    history.value = next;
    saving.touched();
  }

  const editor: Editor = {
    id: first.id,
    body,
    view,
    faults: saving.faults,
    saving,
    mayChange,
    selected,
    canUndo: computed(() => history.value.past.length > 0),
    canRedo: computed(() => history.value.future.length > 0),
    change: (label, change) => {
      if (mayChange) move(record(history.value, change(body.value), label, Date.now()));
    },
    undo: () => move(undo(history.value)),
    redo: () => move(redo(history.value)),
    replace: (next) => {
      view.value = next;
      history.value = beginHistory(next.body);
      saving.begin(next);
    },
  };
  provide(editorKey, editor);
  return editor;
}

export function useEditor(): Editor {
  const editor = inject(editorKey);
  if (!editor) throw new Error('useEditor: outside the editor');
  return editor;
}
