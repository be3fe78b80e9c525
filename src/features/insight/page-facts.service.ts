import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { refreshFact } from './facts.jobs.js';
import { FactCounter } from './fact-counter.service.js';
import { Gate } from './gate.js';
import { factKey, FactShelf, type KeptFact } from './fact-shelf.repository.js';
import { isFactName, type FactName, type Facts } from './facts.js';
import { InsightCache } from './insight-cache.js';
import { scopeKey, type InsightScope } from './insight-scope.js';

/** What takes longer than this is kept for a minute, over all processes. */
const KEPT_FROM_MS = 8;
/** What takes longer than this nobody waits for while there is an older answer. */
const WAITED_FOR_MS = 15;
/** What takes longer than this is counted before anybody asks. */
const AHEAD_FROM_MS = 250;
/** A kept fact is counted anew behind the scenes when it is older than this, or than so many times what it took. */
const YOUNG_MS = 60_000;
const TIMES_ITS_COST = 20;
/** Older than this nobody is answered from it: the page waits. */
const STALE_MS = 3_600_000;
/** The next question should see what is being counted right now. */
const SOON_MS = 3_000;
const ASKED_NOTED_MS = 3_600_000;
const PATIENCE_MS = 150;
const COUNTED_AT_ONCE = 3;

interface Fact {
  readonly value: unknown;
  readonly madeAt: Instant;
  /** It is being counted anew. */
  readonly stale: boolean;
}

export interface LoadedFacts<Name extends FactName> {
  readonly facts: Pick<Facts, Name>;
  /** The moment of the oldest of them: the page speaks of it. */
  readonly at: Instant;
}

/**
 * Facts for pages. Over a million deals some take seconds to count, and nobody waits for them twice: they are kept, a
 * page is made from what is there, says of when it is, and the counting goes on behind it.
 */
@Injectable()
export class PageFacts {
  private readonly underWay = new Map<string, Promise<Fact>>();
  private readonly gate = new Gate(COUNTED_AT_ONCE);

  constructor(
    private readonly counter: FactCounter,
    private readonly shelf: FactShelf,
    private readonly cache: InsightCache,
    private readonly jobs: Jobs,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async load<Name extends FactName>(scope: InsightScope, names: readonly Name[]): Promise<LoadedFacts<Name>> {
    const unknown = names.filter((name) => !this.cache.has(cacheKey(name, scope)));
    const kept = new Map(
      unknown.length === 0 ? [] : (await this.shelf.find(scope, unknown)).map((one) => [one.kind, one]),
    );
    await this.noteAsked(scope, [...kept.values()]);
    const found = await Promise.all(
      names.map(async (name) => [name, await this.one(name, scope, kept.get(name))] as const),
    );
    const facts: Partial<Record<FactName, unknown>> = Object.fromEntries(
      found.map(([name, { value }]) => [name, value]),
    );
    const at = Math.min(...found.map(([, { madeAt }]) => madeAt));
    return { facts: facts as Pick<Facts, Name>, at: Number.isFinite(at) ? at : scope.now };
  }

  /** A fact that a page can do without at first: null while it is being counted for longer than a person waits. */
  async soon<Name extends FactName>(scope: InsightScope, name: Name): Promise<Facts[Name] | null> {
    if (this.underWay.has(cacheKey(name, scope))) return null;
    const loading = this.load(scope, [name]).then(({ facts }) => facts[name]);
    // Whoever asks next sees what came of it; a fault is told to the one who waits for it.
    loading.catch(() => undefined);
    return Promise.race([loading, setTimeout(PATIENCE_MS, null)]);
  }

  /** Counts facts now, whatever is kept: those that take long are there when the first person asks. */
  async recount(scope: InsightScope, names: readonly FactName[]): Promise<void> {
    for (const name of names) await this.count(name, scope, AHEAD_FROM_MS);
  }

  /** Counts a kept fact anew. Idempotent. */
  async refresh(accountId: string, key: string): Promise<void> {
    const question = await this.shelf.question(accountId, key, this.clock.now());
    if (question && isFactName(question.kind)) await this.count(question.kind, question.scope);
  }

  /** Everything that was counted of the account. */
  async forget(accountId: string): Promise<void> {
    await this.shelf.clear(accountId);
    this.cache.forget(accountId);
  }

  private async one(name: FactName, scope: InsightScope, kept: KeptFact | undefined): Promise<Fact> {
    const key = cacheKey(name, scope);
    const fact = await this.cache.of(key, () => this.answer(name, scope, kept));
    if (fact.stale) this.cache.shorten(key, SOON_MS);
    return fact;
  }

  private async answer(name: FactName, scope: InsightScope, kept: KeptFact | undefined): Promise<Fact> {
    const age = kept ? scope.now - kept.madeAt : Number.POSITIVE_INFINITY;
    if (!kept || age > STALE_MS) return this.count(name, scope);
    const stale = age > Math.max(YOUNG_MS, TIMES_ITS_COST * kept.tookMs);
    if (stale && kept.tookMs < WAITED_FOR_MS) return this.count(name, scope);
    if (stale)
      await this.jobs.enqueue(refreshFact, { accountId: scope.accountId, key: factKey(name, scope) });
    return { value: kept.value, madeAt: kept.madeAt, stale };
  }

  /** One count of a fact at a time, whoever asks for it, and few of all: pages need connections too. */
  private count(name: FactName, scope: InsightScope, keptFrom = KEPT_FROM_MS): Promise<Fact> {
    const key = cacheKey(name, scope);
    const known = this.underWay.get(key);
    if (known) return known;
    const counting = this.gate.through(() => this.countNow(name, scope, keptFrom));
    this.underWay.set(key, counting);
    return counting.finally(() => this.underWay.delete(key));
  }

  private async countNow(name: FactName, scope: InsightScope, keptFrom: number): Promise<Fact> {
    const startedAt = performance.now();
    const value = await this.counter.count(name, scope);
    const tookMs = performance.now() - startedAt;
    if (tookMs >= keptFrom) await this.shelf.put(scope, name, value, tookMs);
    else await this.shelf.drop(scope, name);
    return { value, madeAt: scope.now, stale: false };
  }

  private async noteAsked(scope: InsightScope, kept: readonly KeptFact[]): Promise<void> {
    const old = kept.filter(({ askedAt }) => scope.now - askedAt > ASKED_NOTED_MS).map(({ kind }) => kind);
    if (old.length > 0) await this.shelf.touch(scope, old);
  }
}

function cacheKey(name: FactName, scope: InsightScope): string {
  return `${scope.accountId} fact ${name} ${scopeKey(scope)}`;
}
