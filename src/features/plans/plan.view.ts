/** What the widget shows of a deal's plan. Instants are ISO 8601 UTC texts; texts are in the template's language. */
export interface PlanView {
  readonly deal: DealHeadView;
  /** Null: no plan yet; `canLaunch` says whether this person may start one. */
  readonly plan: PlanHeadView | null;
  readonly stages: readonly StageView[];
  /** Keys of steps by urgency: the first is "what now?". */
  readonly nextStepIds: readonly string[];
  readonly launch: LaunchView | null;
  readonly sync: SyncView;
  /** Plans for the time after the sale, shown below the sale's. Absent: there are none. */
  readonly afterSale?: readonly AfterSaleView[];
  /** What guarded stages say of the deal's last move. Absent: nothing. */
  readonly guards?: readonly GuardView[];
  /** Set while the plan is paused. */
  readonly pause?: PauseView;
  /** The deal waits where new leads wait: somebody has to accept it. Absent: it does not. */
  readonly acceptance?: { readonly can: boolean };
  /** Tries came to an end without success: the plan proposes to close the deal with this reason. */
  readonly closeProposal?: { readonly stepTitle: string; readonly reason: string };
  /** Whether this person may pause, resume and let pass; absent: not. */
  readonly mayManage?: boolean;
  /** The server's clock at rendering: "overdue" is judged by it, never by the browser. */
  readonly now: string;
}

export interface DealHeadView {
  readonly id: string;
  readonly title: string;
  readonly stageName: string;
  readonly stageKind: 'open' | 'won' | 'lost';
  readonly ownerName: string | null;
}

export interface PlanHeadView {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'paused' | 'closed';
  readonly closeReason: string | null;
  readonly revision: number;
  readonly doneCount: number;
  readonly totalCount: number;
}

/** A plan after the sale. Its steps' ids name their plan. */
export interface AfterSaleView {
  readonly plan: PlanHeadView;
  readonly stages: readonly StageView[];
  readonly nextStepIds: readonly string[];
}

export interface GuardView {
  readonly stageKey: string;
  readonly stageName: string;
  /** `alert`: it is only said. `returning`: the deal will be taken back in a moment. `returned`: it was. */
  readonly state: 'alert' | 'returning' | 'returned';
  /** Titles of the required steps that are not finished. */
  readonly missing: readonly string[];
  readonly leftAt: string;
}

export interface PauseView {
  readonly since: string;
  /** Null: until somebody resumes. */
  readonly until: string | null;
  readonly reason: string;
  readonly follows: 'clientDate' | 'absence' | null;
}

export interface StageView {
  readonly key: string;
  readonly name: string;
  /** What the stage means, in a sentence. */
  readonly meaning: string;
  readonly position: 'past' | 'current' | 'future';
  readonly steps: readonly StepView[];
}

export type StepState = 'future' | 'waiting' | 'actionable' | 'done' | 'skipped' | 'failed' | 'cancelled';

export interface StepView {
  /** `stepKey~visitSeq`, unique in the plan. */
  readonly id: string;
  readonly title: string;
  readonly goal: string;
  readonly say: string;
  readonly doneWhen: string;
  readonly state: StepState;
  readonly required: boolean;
  readonly ownerName: string | null;
  readonly mine: boolean;
  readonly dueAt: string | null;
  readonly overdue: boolean;
  readonly durationMinutes: number;
  readonly result: StepResultView;
  /** What was answered, when it is finished. */
  readonly outcome: StepOutcomeView | null;
  /** Why it is as it is, ready to read in the person's language; null where nothing needs saying. */
  readonly because: string | null;
  /** Address of the host's own task inside the portal (for the bridge's openPath); null while there is none. */
  readonly hostTaskPath: string | null;
  /** Where the task in the CRM stands: none needed, on its way, there, refused. */
  readonly hostTask: 'none' | 'pending' | 'there' | 'failed';
  readonly can: StepRightsView;
  /** Of a step that may take several tries. */
  readonly attempts?: AttemptsView;
  /** Ready to read: to whom the deal goes with this step, or went. */
  readonly handOver?: string;
  /** Why the deadline was set by hand. */
  readonly dueReason?: string;
}

/** What this person may do with the step; absent: not. */
export interface StepRightsView {
  readonly done: boolean;
  readonly skip: boolean;
  readonly reopen: boolean;
  readonly attempt?: boolean;
  readonly take?: boolean;
  readonly reschedule?: boolean;
  readonly reassign?: boolean;
}

export interface AttemptsView {
  readonly made: number;
  readonly of: number;
  /** What was noted with the last one; null: nothing, or there was none. */
  readonly lastNote: string | null;
}

export interface StepResultView {
  readonly kind: 'none' | 'text' | 'choice' | 'number' | 'link';
  readonly label: string | null;
  readonly choices: readonly string[];
  readonly demanded: boolean;
}

export interface StepOutcomeView {
  readonly at: string;
  readonly byName: string | null;
  readonly result: string | null;
  readonly reason: string | null;
}

/** Which templates this person may start by hand on this deal. */
export interface LaunchView {
  readonly allowed: boolean;
  readonly why: string | null;
  readonly templates: readonly { readonly id: string; readonly name: string; readonly stepCount: number }[];
}

/** How far the first copy is; shown while it runs and when it is stuck. */
export interface SyncView {
  readonly state: 'running' | 'done' | 'failed';
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** In words, when it failed or the connection needs somebody. */
  readonly problem: string | null;
  readonly updatedAt: string | null;
}

/** Answer of every step command. */
export interface StepCommandAnswer {
  readonly plan: PlanView;
  /** Token for `POST …/undo`, valid for 60 s; null where nothing can be undone. */
  readonly undo: string | null;
}

/** `GET /api/plan/:dealId/choices`: what dialogs offer. */
export interface PlanChoicesView {
  /** The account's reasons for what was not done, in its order. */
  readonly reasons: readonly {
    readonly key: string;
    readonly name: string;
    readonly cause: 'client' | 'outer' | 'omission';
  }[];
  /** Who may get a step; empty for those who may not reassign. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
}
