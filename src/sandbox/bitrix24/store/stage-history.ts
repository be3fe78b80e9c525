import { BLOCK_BITS, type RowSource } from '../../common/entity-table.js';
import type { FieldSpec } from './field-table.js';
import { semantics, type Pipelines, type Stage } from './stages.js';

/** 1 created, 2 moved to an intermediate stage, 3 moved to a final stage, 5 changed the pipeline. */
export type HistoryType = 1 | 2 | 3 | 5;

export interface HistoryRow {
  readonly id: number;
  readonly dealId: number;
  readonly type: HistoryType;
  /** Epoch seconds. */
  readonly at: number;
  readonly stage: Stage;
}

/** Columns of 15 bytes a row: five million moves stay under 100 MB. Rows are appended in time and never change. */
export class StageHistory implements RowSource<HistoryRow> {
  version = 0;
  live = 0;
  private count = 0;
  private deals = new Int32Array(1024);
  private times = new Uint32Array(1024);
  private stages = new Uint16Array(1024);
  private types = new Uint8Array(1024);
  private previous = new Int32Array(1024);
  private readonly revised = new Map<number, number>();

  constructor(private readonly pipelines: Pipelines) {}

  get size(): number {
    return this.count;
  }

  /** @returns the id of the row, to be kept as the deal's newest */
  append(dealId: number, type: HistoryType, at: number, stage: Stage, previousId: number): number {
    if (this.count === this.deals.length) {
      this.grow();
    }
    const index = this.count;
    this.deals[index] = dealId;
    this.times[index] = at;
    this.stages[index] = stage.index;
    this.types[index] = type;
    this.previous[index] = previousId;
    this.count += 1;
    this.live += 1;
    this.version += 1;
    return index + 1;
  }

  /** Rows go with their deal. */
  removeChain(lastId: number): void {
    for (let id = lastId; id > 0; id = this.previous[id - 1] ?? 0) {
      this.types[id - 1] = 0;
      this.live -= 1;
      const block = id >> BLOCK_BITS;
      this.revised.set(block, (this.revised.get(block) ?? 0) + 1);
    }
    this.version += 1;
  }

  /** Ids of one deal's rows, oldest first. */
  chain(lastId: number): readonly number[] {
    const ids: number[] = [];
    for (let id = lastId; id > 0; id = this.previous[id - 1] ?? 0) {
      ids.push(id);
    }
    return ids.reverse();
  }

  rowAt(index: number): HistoryRow | undefined {
    const type = this.types[index];
    if (index >= this.count || type === undefined || type === 0) {
      return undefined;
    }
    return {
      id: index + 1,
      dealId: this.deals[index] ?? 0,
      type: type as HistoryType,
      at: this.times[index] ?? 0,
      stage: this.pipelines.at(this.stages[index] ?? 0),
    };
  }

  indexAfter(id: number): number {
    return Math.max(0, Math.min(this.count, Math.floor(id)));
  }

  get(id: number): HistoryRow | undefined {
    return this.rowAt(id - 1);
  }

  blockVersion(block: number): number {
    const filled = Math.min(1 << BLOCK_BITS, Math.max(0, this.count - (block << BLOCK_BITS)));
    return filled + 1000 * (this.revised.get(block) ?? 0);
  }

  blockStamp(block: number): number {
    // Rows are appended in time, so the block's last row is its newest.
    return this.times[Math.min(this.count, (block + 1) << BLOCK_BITS) - 1] ?? 0;
  }

  private grow(): void {
    const length = this.deals.length * 2;
    const deals = new Int32Array(length);
    const times = new Uint32Array(length);
    const stages = new Uint16Array(length);
    const types = new Uint8Array(length);
    const previous = new Int32Array(length);
    deals.set(this.deals);
    times.set(this.times);
    stages.set(this.stages);
    types.set(this.types);
    previous.set(this.previous);
    Object.assign(this, { deals, times, stages, types, previous });
  }
}

/** Fields of `crm.stagehistory.list` for deals; `idsOf` finds one deal's rows without a walk. */
export function historyFields(
  idsOf: (dealId: number) => readonly number[],
): readonly FieldSpec<HistoryRow>[] {
  const common = { readOnly: true } as const;
  return [
    { name: 'id', upper: 'ID', type: 'integer', title: 'ID', read: (row) => row.id, ...common },
    {
      name: 'typeId',
      upper: 'TYPE_ID',
      type: 'integer',
      title: 'TYPE_ID',
      read: (row) => row.type,
      ...common,
    },
    {
      name: 'ownerId',
      upper: 'OWNER_ID',
      type: 'integer',
      title: 'OWNER_ID',
      read: (row) => row.dealId,
      lookup: (value) => idsOf(Number(value)),
      ...common,
    },
    {
      name: 'createdTime',
      upper: 'CREATED_TIME',
      type: 'datetime',
      title: 'CREATED_TIME',
      read: (row) => row.at,
      ...common,
    },
    {
      name: 'categoryId',
      upper: 'CATEGORY_ID',
      type: 'integer',
      title: 'CATEGORY_ID',
      read: (row) => row.stage.pipelineId,
      ...common,
    },
    {
      name: 'stageSemanticId',
      upper: 'STAGE_SEMANTIC_ID',
      type: 'string',
      title: 'STAGE_SEMANTIC_ID',
      read: (row) => semantics(row.stage),
      ...common,
    },
    {
      name: 'stageId',
      upper: 'STAGE_ID',
      type: 'crm_status',
      title: 'STAGE_ID',
      read: (row) => row.stage.id,
      ...common,
    },
  ];
}
