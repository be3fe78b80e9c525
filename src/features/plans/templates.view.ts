import type { StageMap, TemplateBody } from '../../domain/plans/types.js';

/** `GET /api/templates`: what the account has and what it may begin from. Instants are ISO 8601 UTC texts. */
export interface TemplatesView {
  readonly templates: readonly TemplateCardView[];
  readonly library: readonly LibraryCardView[];
  readonly pipelines: readonly EditorPipelineView[];
}

export interface TemplateCardView {
  readonly id: string;
  /** Of the body: what `afterWon` of another template names. */
  readonly key: string;
  readonly name: string;
  readonly language: 'ru' | 'en';
  readonly purpose: 'sale' | 'afterSale';
  readonly stageCount: number;
  readonly stepCount: number;
  /** Null: never published. */
  readonly publishedVersion: number | null;
  readonly publishedAt: string | null;
  readonly hasDraft: boolean;
  readonly retired: boolean;
  /** Pipelines that it plans. */
  readonly pipelineNames: readonly string[];
  readonly openPlans: number;
  /** Open plans that still follow an older version. */
  readonly plansBehind: number;
}

export interface LibraryCardView {
  readonly key: string;
  readonly language: 'ru' | 'en';
  readonly name: string;
  readonly description: string;
  readonly purpose: 'sale' | 'afterSale';
  readonly stageCount: number;
  readonly stepCount: number;
  readonly stages: readonly { readonly name: string; readonly stepTitles: readonly string[] }[];
}

export interface EditorPipelineView {
  readonly id: string;
  readonly name: string;
  readonly openDeals: number;
  readonly stages: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: 'open' | 'won' | 'lost';
  }[];
  readonly templateId: string | null;
}

/** `POST /api/templates`: makes a draft; answers `TemplateView`. */
export type NewTemplate =
  | {
      readonly from: 'blank';
      readonly name: string;
      readonly language: 'ru' | 'en';
      readonly pipelineId?: string;
    }
  | { readonly from: 'library'; readonly key: string; readonly language: 'ru' | 'en' }
  | { readonly from: 'copy'; readonly templateId: string }
  /** Drafted from the account's own history. */
  | { readonly from: 'suggested'; readonly pipelineId: string }
  /** The text of an exported file; wrong: 422 with `ImportFaultView[]` as `details`. */
  | { readonly from: 'file'; readonly text: string };

/** A wrong place of an imported file. */
export interface ImportFaultView {
  /** JSON pointer, `/stages/2/steps/0/offset/amount`. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** `GET /api/templates/:id`; the draft where there is one, else the newest published body. */
export interface TemplateView {
  readonly id: string;
  readonly body: TemplateBody;
  readonly isDraft: boolean;
  /** Sent back with the next save: 409 when somebody else saved meanwhile. */
  readonly revision: number;
  readonly versions: readonly {
    readonly version: number;
    readonly state: 'draft' | 'published' | 'retired';
    readonly at: string;
    readonly openPlans: number;
  }[];
  readonly faults: readonly TemplateFaultView[];
  /** Where the draft came from, in words (what the suggestion rests on); null otherwise. */
  readonly origin: string | null;
}

/** What keeps a draft from being published, or should be looked at. */
export interface TemplateFaultView {
  readonly level: 'error' | 'warning';
  readonly stageKey: string | null;
  readonly stepKey: string | null;
  /** Field of the stage or step (`title`, `offset`, …); null: the whole. */
  readonly field: string | null;
  readonly message: string;
}

/** `GET /api/templates/:id/versions/:version/left-out`: what of it no other account would understand. */
export interface LeftOutView {
  readonly leftOut: readonly {
    /** Null: not of one step. */
    readonly stepTitle: string | null;
    readonly message: string;
  }[];
}

/** `PUT /api/templates/:id/draft` `{ body, revision }`: saved with its faults. `DELETE` throws the draft away. */
export interface SavedDraftView {
  readonly revision: number;
  readonly faults: readonly TemplateFaultView[];
}

/** `POST /api/templates/:id/preview` `{ dealId, body? }`: the plan that this draft would give one real deal. */
export interface PreviewView {
  readonly deal: {
    readonly id: string;
    readonly title: string;
    readonly stageName: string;
    readonly ownerName: string | null;
  };
  readonly steps: readonly {
    readonly stepKey: string;
    readonly stageName: string;
    readonly title: string;
    readonly state: 'actionable' | 'waiting' | 'future';
    readonly ownerName: string | null;
    readonly dueAt: string | null;
    readonly because: string | null;
  }[];
}

/** `GET /api/templates/deals?q=`: deals to try a draft on, own rights applied. */
export interface DealChoiceView {
  readonly id: string;
  readonly title: string;
  readonly stageName: string;
}

/** `POST /api/templates/:id/dry-run` `{ pipelineId, body? }`: the last 90 days as if this template had planned them. */
export interface DryRunView {
  readonly from: string;
  readonly to: string;
  readonly deals: number;
  readonly tasks: number;
  readonly sellers: readonly {
    readonly name: string;
    readonly tasks: number;
    readonly busiestDay: { readonly date: string; readonly tasks: number; readonly minutes: number };
  }[];
  /**
   * How many deals were run when only a sample of them was; `tasks` and the sellers' figures are then estimates for all
   * `deals`. Null: all were run.
   */
  readonly sampledDeals: number | null;
}

/** `GET /api/templates/:id/affected`: who is affected by publishing the draft. */
export interface AffectedView {
  readonly pipelines: readonly string[];
  readonly openPlans: number;
  readonly sellers: readonly string[];
  readonly changes: DiffCountsView;
}

/** `POST /api/templates/:id/publish` `{ revision }` → `{ version }`; `POST …/retire` → 204. */
export interface PublishedView {
  readonly version: number;
  readonly plansBehind: number;
}

export interface DiffCountsView {
  readonly kept: number;
  readonly added: number;
  readonly moved: number;
  readonly dropped: number;
  /** Steps that a person changed by hand: they stay as they are. */
  readonly editedByHand: number;
}

/** `POST /api/templates/:id/migration/preview` `{ toVersion, dealIds?: string[] }`: running plans onto a version. */
export interface MigrationPreviewView {
  readonly plans: number;
  /** Of all plans; an estimate where only a sample was looked at. */
  readonly counts: DiffCountsView;
  /** How many plans were looked at when not all of them were; null: all. */
  readonly sampledPlans: number | null;
  /** At most 20 plans in full. */
  readonly examples: readonly {
    readonly dealId: string;
    readonly dealTitle: string;
    readonly steps: readonly {
      readonly title: string;
      readonly change: 'kept' | 'added' | 'moved' | 'dropped' | 'editedByHand';
      readonly dueBefore: string | null;
      readonly dueAfter: string | null;
    }[];
  }[];
}

/** `POST /api/templates/:id/migration` `{ toVersion, dealIds? }`, `GET /api/migrations/:id`, `POST …/stop`, `POST …/undo`. */
export interface MigrationView {
  readonly id: string;
  readonly state: 'running' | 'stopping' | 'stopped' | 'done' | 'failed' | 'undoing' | 'undone';
  readonly done: number;
  readonly total: number;
  /** Until when it can be undone; null: not (any more). */
  readonly undoUntil: string | null;
}

/** `GET` and `PUT /api/pipelines/:id/stage-map` (`?templateId=`): how the template lies on the pipeline. */
export interface StageMapView {
  readonly pipelineId: string;
  readonly templateId: string;
  readonly map: StageMap;
  readonly templateStages: readonly { readonly key: string; readonly name: string }[];
}
