import { Injectable } from '@nestjs/common';
import type { Department, HostUser, Pipeline, Stage } from '../domain/crm/records.js';
import { MirrorReads } from './mirror-reads.js';

/** The company and its funnels, small enough to be held whole. */
export interface CompanyStructure {
  readonly users: readonly HostUser[];
  readonly departments: readonly Department[];
  readonly pipelines: readonly Pipeline[];
  readonly stages: readonly Stage[];
}

interface Entry {
  readonly structure: Promise<CompanyStructure>;
  readonly until: number;
}

/** People and stages change rarely, deals every second. */
const FRESH_MS = 5_000;
const MAX_ENTRIES = 500;

/** The mirror's people, departments, pipelines and stages, remembered for seconds. */
@Injectable()
export class CompanyStructures {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly mirror: MirrorReads) {}

  /** Never inside a transaction: it may have to ask the database. */
  of(accountId: string): Promise<CompanyStructure> {
    const entry = this.entries.get(accountId);
    if (entry && entry.until > performance.now()) return entry.structure;
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    const structure = this.read(accountId);
    this.entries.set(accountId, { structure, until: performance.now() + FRESH_MS });
    structure.catch(() => this.entries.delete(accountId));
    return structure;
  }

  /** Not from memory: for what an administrator just saw arrive. */
  async now(accountId: string): Promise<CompanyStructure> {
    this.entries.delete(accountId);
    return this.of(accountId);
  }

  private async read(accountId: string): Promise<CompanyStructure> {
    const [users, departments, pipelines, stages] = await Promise.all([
      this.mirror.users(accountId),
      this.mirror.departments(accountId),
      this.mirror.pipelines(accountId),
      this.mirror.stages(accountId),
    ]);
    return { users, departments, pipelines, stages };
  }
}
