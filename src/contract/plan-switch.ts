/** Nest token under which the plans' module provides `PlanSwitch` to the other features. */
export const PLAN_SWITCH = Symbol('PlanSwitch');

/** A pipeline as the installer's page shows it, with the plan that is switched on there, if any. */
export interface PipelinePlanFacts {
  readonly id: string;
  readonly name: string;
  readonly openDeals: number;
  readonly stages: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: 'open' | 'won' | 'lost';
  }[];
  /** Null: plans are off here and nothing is written. */
  readonly plan: {
    readonly templateId: string;
    readonly templateName: string;
    readonly version: number;
    readonly activePlans: number;
    /** pipeline stage id → template stage name */
    readonly stageNames: Readonly<Record<string, string>>;
  } | null;
}

export interface LibraryTemplateFacts {
  readonly key: string;
  readonly language: 'ru' | 'en';
  readonly name: string;
  readonly description: string;
  readonly stages: readonly { readonly name: string; readonly stepTitles: readonly string[] }[];
}

export interface ProgressFacts {
  readonly id: string;
  readonly kind: 'bulkLaunch';
  readonly state: 'running' | 'stopping' | 'stopped' | 'done' | 'failed';
  readonly done: number;
  readonly total: number | null;
  readonly pipelineId: string | null;
}

export interface SwitchOn {
  readonly pipelineId: string;
  /** A key of the library; or `templateId`. */
  readonly templateKey?: string | undefined;
  /** A published template of the account. */
  readonly templateId?: string | undefined;
  /** Of the library's template. */
  readonly language: 'ru' | 'en';
  /** Also plan the open deals that are there already. */
  readonly existingDeals: boolean;
  readonly actor: string;
}

export type SwitchOutcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'refused'; readonly reason: 'unknownPipeline' | 'unknownTemplate' | 'unknownProgress' };

/** Switches planning of a pipeline on and off, and says how things stand. */
export interface PlanSwitch {
  pipelines(accountId: string): Promise<readonly PipelinePlanFacts[]>;
  library(): readonly LibraryTemplateFacts[];
  progress(accountId: string): Promise<readonly ProgressFacts[]>;
  /** Idempotent: the same template again only plans what is not planned yet. */
  switchOn(accountId: string, order: SwitchOn): Promise<SwitchOutcome>;
  switchOff(accountId: string, pipelineId: string, close: boolean, actor: string): Promise<SwitchOutcome>;
  /** Asks a running bulk launch to stop after its current chunk. */
  stop(accountId: string, progressId: string, actor: string): Promise<SwitchOutcome>;
}
