import type { CompanyPipeline } from '../../company/company.js';

/** A deal stage, shared by all deals that are in it. */
export interface Stage {
  /** Position among all stages of the portal: what compact columns store. */
  readonly index: number;
  /** `NEW`, or `C2:NEW` in pipeline 2. */
  readonly id: string;
  readonly pipelineId: number;
  readonly name: string;
  readonly color: string;
  readonly kind: 'open' | 'won' | 'lost';
  readonly sort: number;
}

export interface Pipeline {
  readonly id: number;
  readonly name: string;
  readonly sort: number;
  readonly stages: readonly Stage[];
}

/** Host spelling of a stage code. */
export function stageId(pipelineId: number, code: string): string {
  return pipelineId === 0 ? code : `C${pipelineId}:${code}`;
}

/** `P`, `S` or `F`. */
export function semantics(stage: Stage): 'P' | 'S' | 'F' {
  return stage.kind === 'open' ? 'P' : stage.kind === 'won' ? 'S' : 'F';
}

/** The pipelines and stages of deals. The default pipeline has id 0 and always exists. */
export class Pipelines {
  readonly all: readonly Pipeline[];
  private readonly stages: Stage[] = [];
  private readonly byId = new Map<string, Stage>();

  constructor(pipelines: readonly CompanyPipeline[]) {
    this.all = pipelines.map((pipeline, position) => ({
      id: pipeline.id,
      name: pipeline.name,
      sort: (position + 1) * 100,
      stages: pipeline.stages.map((stage, index) => {
        const made: Stage = {
          index: this.stages.length,
          id: stageId(pipeline.id, stage.code),
          pipelineId: pipeline.id,
          name: stage.name,
          color: stage.color,
          kind: stage.kind,
          sort: (index + 1) * 10,
        };
        this.stages.push(made);
        this.byId.set(made.id, made);
        return made;
      }),
    }));
  }

  pipeline(id: number): Pipeline | undefined {
    return this.all.find((pipeline) => pipeline.id === id);
  }

  stage(id: string): Stage | undefined {
    return this.byId.get(id);
  }

  /** The stage a compact column names. */
  at(index: number): Stage {
    const stage = this.stages[index];
    if (stage === undefined) {
      throw new Error(`no stage ${index}`);
    }
    return stage;
  }

  first(pipelineId: number): Stage {
    const stage = (this.pipeline(pipelineId) ?? this.all[0])?.stages[0];
    if (stage === undefined) {
      throw new Error(`pipeline ${pipelineId} has no stages`);
    }
    return stage;
  }
}
