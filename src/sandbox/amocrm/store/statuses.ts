import type { CompanyPipeline } from '../../company/company.js';

export const WON = 142;
export const LOST = 143;

/** A stage of leads. Won and lost have the same ids in every pipeline, so an id alone names nothing. */
export interface Status {
  /** Position among all statuses there ever were: what compact columns store. */
  readonly index: number;
  readonly id: number;
  readonly pipelineId: number;
  readonly kind: 'open' | 'won' | 'lost';
  /** 1: incoming leads ("Неразобранное"); 0: everything else. */
  readonly type: 0 | 1;
  name: string;
  color: string;
  sort: number;
  removed: boolean;
}

export interface Pipeline {
  readonly id: number;
  readonly isMain: boolean;
  name: string;
  sort: number;
  isArchive: boolean;
  unsortedOn: boolean;
  readonly statuses: Status[];
}

const FIRST_PIPELINE = 7_000_001;
const FIRST_STATUS = 60_000_001;
const TEXTS = {
  ru: { unsorted: 'Неразобранное', won: 'Успешно реализовано', lost: 'Закрыто и не реализовано' },
  en: { unsorted: 'Incoming leads', won: 'Closed - won', lost: 'Closed - lost' },
} as const;

/** The pipelines of leads. The company's pipeline 0 is the main one; ids are given in the order of creation. */
export class Pipelines {
  readonly all: Pipeline[] = [];
  private readonly known: Status[] = [];
  private readonly byCode = new Map<string, Status>();
  private readonly byCompanyId = new Map<number, Pipeline>();
  private nextPipeline = FIRST_PIPELINE;
  private nextStatus = FIRST_STATUS;

  constructor(
    pipelines: readonly CompanyPipeline[],
    private readonly language: 'ru' | 'en',
  ) {
    for (const source of pipelines) {
      const pipeline = this.add(source.name);
      for (const stage of source.stages) {
        const status = this.put(pipeline, { kind: stage.kind, name: stage.name, color: stage.color });
        this.byCode.set(`${source.id}:${stage.code}`, status);
      }
      this.close(pipeline);
      this.byCompanyId.set(source.id, pipeline);
    }
  }

  /** A pipeline with nothing but its incoming leads. */
  private add(name: string): Pipeline {
    const pipeline: Pipeline = {
      id: this.nextPipeline++,
      isMain: this.all.length === 0,
      name,
      sort: this.all.length + 1,
      isArchive: false,
      unsortedOn: true,
      statuses: [],
    };
    this.all.push(pipeline);
    this.keep(pipeline, {
      id: this.nextStatus++,
      kind: 'open',
      type: 1,
      name: TEXTS[this.language].unsorted,
      color: '#c1c1c1',
      sort: 10,
    });
    return pipeline;
  }

  create(name: string, statuses: readonly { readonly name: string; readonly color: string }[]): Pipeline {
    const pipeline = this.add(name);
    for (const status of statuses) {
      this.put(pipeline, { kind: 'open', ...status });
    }
    this.close(pipeline);
    return pipeline;
  }

  addStatus(pipeline: Pipeline, name: string, color: string): Status {
    const status = this.put(pipeline, { kind: 'open', name, color });
    pipeline.statuses.sort((left, right) => left.sort - right.sort);
    return status;
  }

  pipeline(id: number): Pipeline | undefined {
    return this.all.find((pipeline) => pipeline.id === id);
  }

  status(pipelineId: number, statusId: number): Status | undefined {
    return this.pipeline(pipelineId)?.statuses.find((status) => status.id === statusId);
  }

  /** A status other than won and lost is in one pipeline only. */
  ownStatus(statusId: number): Status | undefined {
    return this.known.find((status) => status.id === statusId && !status.removed && status.kind === 'open');
  }

  ofCompany(pipelineId: number, stageCode: string): Status | undefined {
    return this.byCode.get(`${pipelineId}:${stageCode}`);
  }

  /** The pipeline that the company's own number stands for. */
  ofCompanyPipeline(pipelineId: number): Pipeline | undefined {
    return this.byCompanyId.get(pipelineId);
  }

  /** The status a compact column names. */
  at(index: number): Status {
    const status = this.known[index];
    if (status === undefined) throw new Error(`no status ${index}`);
    return status;
  }

  get main(): Pipeline {
    const main = this.all[0];
    if (main === undefined) throw new Error('the company has no pipelines');
    return main;
  }

  /** Where a lead begins. */
  first(pipeline: Pipeline): Status {
    const status = pipeline.statuses.find((one) => one.type === 0);
    if (status === undefined) throw new Error(`pipeline ${pipeline.id} has no statuses`);
    return status;
  }

  unsorted(pipeline: Pipeline): Status {
    const status = pipeline.statuses.find((one) => one.type === 1);
    if (status === undefined) throw new Error(`pipeline ${pipeline.id} takes no incoming leads`);
    return status;
  }

  remove(status: Status): void {
    const statuses = this.pipeline(status.pipelineId)?.statuses ?? [];
    const at = statuses.indexOf(status);
    if (at >= 0) statuses.splice(at, 1);
    status.removed = true;
  }

  /** Won and lost close every pipeline; their names may be its own. */
  private close(pipeline: Pipeline): void {
    for (const kind of ['won', 'lost'] as const) {
      if (!pipeline.statuses.some((status) => status.kind === kind)) {
        this.put(pipeline, { kind, name: TEXTS[this.language][kind], color: '' });
      }
    }
    pipeline.statuses.sort((left, right) => left.sort - right.sort);
  }

  private put(
    pipeline: Pipeline,
    draft: { readonly kind: Status['kind']; readonly name: string; readonly color: string },
  ): Status {
    const { kind, name } = draft;
    if (kind === 'open') {
      const last = Math.max(...pipeline.statuses.map((one) => (one.kind === 'open' ? one.sort : 0)));
      const open = { id: this.nextStatus++, sort: last + 10, color: draft.color };
      return this.keep(pipeline, { ...open, kind, type: 0, name });
    }
    const same = pipeline.statuses.find((status) => status.kind === kind);
    if (same !== undefined) return same;
    const end =
      kind === 'won'
        ? { id: WON, sort: 10_000, color: '#CCFF66' }
        : { id: LOST, sort: 11_000, color: '#D5D8DB' };
    return this.keep(pipeline, { ...end, kind, type: 0, name });
  }

  private keep(pipeline: Pipeline, draft: Omit<Status, 'index' | 'pipelineId' | 'removed'>): Status {
    const status: Status = {
      index: this.known.length,
      pipelineId: pipeline.id,
      removed: false,
      ...draft,
    };
    this.known.push(status);
    pipeline.statuses.push(status);
    return status;
  }
}

/** How control and page name a status: `pipeline:status`. */
export function statusKey(status: Status): string {
  return `${status.pipelineId}:${status.id}`;
}
