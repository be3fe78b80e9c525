import { Inject, Injectable } from '@nestjs/common';
import { COMPANY, type Company, type CompanyRules } from '../../contract/company.js';
import { reachOf } from '../../domain/crm/rights.js';
import type { Clock } from '../../domain/crm/time.js';
import { localDay } from '../../domain/calendar/away.js';
import { ENOUGH } from '../../domain/pushing/alerts.js';
import { relativeRisk } from '../../domain/pushing/effect.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { midnight } from '../../infra/http/days.js';
import { CompanyStructures, MirrorReads, type CompanyStructure } from '../../mirror/index.js';
import { ReasonNames } from './reason-names.js';
import { ReasonsRepository, type ReasonCount, type ReasonsQuestion } from './reasons.repository.js';
import type { ReasonsQuery } from './reasons.requests.js';
import { causeName, precedesText, reasonsSentence } from './reasons.texts.js';
import type {
  ReasonCause,
  ReasonPrecedesView,
  ReasonRow,
  ReasonsBy,
  ReasonsReportView,
} from './reasons.view.js';

const DAYS = 90;
const DAY_MS = 86_400_000;
/** Told apart; the rest is one row. */
export const MOST_REASONS = 60;
const CAUSES: readonly ReasonCause[] = ['client', 'outer', 'omission', null];

/** A question with what its answer is made with. */
export interface AskedReasons {
  readonly question: ReasonsQuestion;
  readonly structure: CompanyStructure;
  readonly company: CompanyRules;
  readonly from: string;
  readonly to: string;
  readonly by: ReasonsBy;
}

/** Why things are not done, lost and put off, in the person's reach. */
@Injectable()
export class ReasonsReport {
  constructor(
    private readonly repository: ReasonsRepository,
    private readonly structures: CompanyStructures,
    private readonly mirror: MirrorReads,
    @Inject(COMPANY) private readonly company: Company,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Days in the person's own zone, both included; an empty or turned-round period finds nothing. */
  async asked(person: SessionClaims, query: ReasonsQuery): Promise<AskedReasons> {
    const { accountId, timeZone } = person;
    const [structure, company] = await Promise.all([
      this.structures.of(accountId),
      this.company.of(accountId),
    ]);
    const reach = reachOf(person, structure);
    const now = this.clock.now();
    const from = query.from ?? localDay(now - (DAYS - 1) * DAY_MS, timeZone);
    const to = query.to ?? localDay(now, timeZone);
    const question = {
      accountId,
      from: new Date(midnight(from, timeZone)),
      to: new Date(midnight(to, timeZone, 1)),
      pipelineId: query.pipelineId ?? null,
      ownerIds: reach.kind === 'all' ? null : [...reach.userIds],
      reasons: company.reasons,
    };
    return { question, structure, company, from, to, by: query.by ?? 'stage' };
  }

  async view(person: SessionClaims, query: ReasonsQuery): Promise<ReasonsReportView> {
    const asked = await this.asked(person, query);
    const { question, structure, company, from, to, by } = asked;
    const [counts, preceding, products] = await Promise.all([
      this.repository.counts(question, by),
      this.repository.preceding(question),
      by === 'product' ? this.mirror.products(person.accountId) : [],
    ]);
    const { language } = person;
    const names = new ReasonNames(company.reasons, language);
    const total = sumOf(counts);
    const ranked = rankedOf(counts);
    const reasons = ranked.map((own) => rowOf(own, total, names));
    const place = new Map(ranked.flatMap((own, index) => own.ids.map((id): [string, number] => [id, index])));
    const groupName = groupNames(
      by,
      structure,
      new Map(products.map(({ id, name }) => [id, name])),
      language,
    );
    const top = reasons.find((one) => one.id !== 'none' && one.id !== 'others');
    return {
      from,
      to,
      by,
      pipelineId: question.pipelineId,
      pipelines: structure.pipelines.map(({ id, name }) => ({ id, name })),
      sentence: reasonsSentence(
        {
          total,
          top: top ? { name: top.name, share: top.share } : null,
          omissions: sumOf(counts.filter((row) => row.cause === 'omission')),
          unexplained: sumOf(counts.filter((row) => row.reason_id === 'none')),
        },
        language,
      ),
      total,
      reasons,
      causes: CAUSES.map((cause) => ({
        cause,
        name: causeName(cause, language),
        count: sumOf(counts.filter((row) => row.cause === cause)),
      })),
      groups: groupsOf(counts, place, reasons.length, groupName),
      precede: preceding.reasons
        .map((row) => precedesOf(row, preceding, names))
        .toSorted((one, other) => strengthOf(other) - strengthOf(one)),
    };
  }

  /** Ids that have a row of their own in the report. */
  async told({ question, by }: AskedReasons): Promise<readonly string[]> {
    return rankedOf(await this.repository.counts(question, by)).flatMap((own) =>
      own.id === 'others' ? [] : own.ids,
    );
  }
}

/** Those of which enough is known first, the surest at the top; then those that most deals met. */
function strengthOf({ lift, deals }: ReasonPrecedesView): number {
  return lift?.low ?? -1 / (deals + 1);
}

interface Ranked {
  readonly id: string;
  readonly ids: readonly string[];
  readonly counts: readonly ReasonCount[];
}

function rankedOf(counts: readonly ReasonCount[]): readonly Ranked[] {
  const all = [...Map.groupBy(counts, (row) => row.reason_id)]
    .map(([id, own]) => ({ id, ids: [id], counts: own }))
    .toSorted((one, other) => sumOf(other.counts) - sumOf(one.counts) || one.id.localeCompare(other.id));
  const rest = all.slice(MOST_REASONS);
  const shown = all.slice(0, MOST_REASONS);
  if (rest.length === 0) return shown;
  return [
    ...shown,
    { id: 'others', ids: rest.map((one) => one.id), counts: rest.flatMap((one) => one.counts) },
  ];
}

function rowOf({ id, counts }: Ranked, total: number, names: ReasonNames): ReasonRow {
  const count = sumOf(counts);
  const of = (use: ReasonCount['use']): number => sumOf(counts.filter((row) => row.use === use));
  const causes = [...Map.groupBy(counts, (row) => row.cause)];
  const [most] = causes.toSorted(([, one], [, other]) => sumOf(other) - sumOf(one));
  const cause = id === 'others' ? null : (most?.[0] ?? null);
  return {
    id,
    name: names.of(id, counts[0]?.label ?? ''),
    cause,
    causeName: causeName(cause, names.language),
    count,
    share: total === 0 ? 0 : count / total,
    steps: of('step'),
    losses: of('loss'),
    snoozes: of('snooze'),
  };
}

function groupsOf(
  counts: readonly ReasonCount[],
  place: ReadonlyMap<string, number>,
  reasons: number,
  nameOf: (id: string) => string,
): ReasonsReportView['groups'] {
  return [...Map.groupBy(counts, (row) => row.group_id)]
    .map(([id, own]) => {
      const sums = Array.from({ length: reasons }, () => 0);
      for (const row of own) {
        const index = place.get(row.reason_id) ?? 0;
        sums[index] = (sums[index] ?? 0) + row.n;
      }
      return { id, name: nameOf(id), total: sumOf(own), counts: sums };
    })
    .toSorted((one, other) => other.total - one.total || one.name.localeCompare(other.name));
}

function precedesOf(
  row: { readonly reason_id: string; readonly label: string; readonly deals: number; readonly lost: number },
  all: { readonly deals: number; readonly lost: number },
  names: ReasonNames,
): ReasonPrecedesView {
  const { deals, lost } = row;
  const others = all.deals - deals;
  const lift =
    deals >= ENOUGH && others >= ENOUGH ? relativeRisk(lost, deals, all.lost - lost, others) : null;
  const text = precedesText({ deals, lost, lift }, ENOUGH, names.language);
  return { id: row.reason_id, name: names.of(row.reason_id, row.label), deals, lost, lift, text };
}

function groupNames(
  by: ReasonsBy,
  structure: CompanyStructure,
  products: ReadonlyMap<string, string>,
  language: 'ru' | 'en',
): (id: string) => string {
  const unknown = {
    stage: { ru: 'Этап неизвестен', en: 'Stage unknown' },
    seller: { ru: 'Без ответственного', en: 'Nobody responsible' },
    product: { ru: 'Без продукта', en: 'No product' },
  }[by][language];
  const names = {
    stage: () => new Map(structure.stages.map(({ id, name }) => [id, name])),
    seller: () => new Map(structure.users.map(({ id, name }) => [id, name])),
    product: () => products,
  }[by]();
  return (id) => (id === '' ? unknown : (names.get(id) ?? id));
}

function sumOf(counts: readonly ReasonCount[]): number {
  return counts.reduce((sum, row) => sum + row.n, 0);
}
