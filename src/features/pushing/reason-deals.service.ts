import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import { nameOf } from './control-context.service.js';
import { ReasonNames } from './reason-names.js';
import { ReasonsReport } from './reasons-report.service.js';
import { ReasonsRepository, type ReasonDeal, type ReasonsPick } from './reasons.repository.js';
import type { ReasonDealsQuery } from './reasons.requests.js';
import type { ReasonDealsView } from './reasons.view.js';

const PAGE = 50;

/** The deals behind the numbers of the report of reasons: as many as the number says. */
@Injectable()
export class ReasonDeals {
  constructor(
    private readonly report: ReasonsReport,
    private readonly repository: ReasonsRepository,
    @Inject(HOSTS) private readonly hosts: Hosts,
  ) {}

  async page(person: SessionClaims, query: ReasonDealsQuery): Promise<ReasonDealsView> {
    const asked = await this.report.asked(person, query);
    const { question, structure, company, by } = asked;
    const rest = query.reason === 'others';
    const pick: ReasonsPick = {
      by,
      reason: rest ? null : (query.reason ?? null),
      except: rest ? await this.report.told(asked) : [],
      group: query.group ?? null,
      use: query.use ?? null,
      after: query.after === undefined ? null : readCursor(query.after),
      limit: PAGE,
    };
    const { rows, total } =
      query.closed === undefined
        ? await this.repository.deals(question, pick)
        : await this.repository.closedDeals(question, pick, query.closed === 'lost');
    const names = new ReasonNames(company.reasons, person.language);
    const host = this.hosts.get(person.host);
    const shown = rows.slice(0, PAGE);
    const last = shown.at(-1);
    return {
      total,
      deals: shown.map((row) => ({
        dealId: row.deal_id,
        title: row.title,
        dealPath: host?.dealPath?.(row.deal_id) ?? null,
        at: row.at.toISOString(),
        sellerName: nameOf(structure, row.owner_id),
        stageName:
          structure.stages.find((one) => one.id === row.stage_id && one.pipelineId === row.pipeline_id)
            ?.name ?? '',
        use: row.use,
        reasonName: names.of(row.reason_id, row.label),
        words: wordsBesides(names.of(row.reason_id, row.label), row.words),
      })),
      next: rows.length > PAGE && last ? cursorOf(last) : null,
    };
  }
}

/** What the person added to the reason's own name; null: nothing. */
function wordsBesides(name: string, words: string | null): string | null {
  const text = words?.trim() ?? '';
  const rest = text.startsWith(name) ? text.slice(name.length).replace(/^[.\s]+/, '') : text;
  return rest === '' ? null : rest;
}

function cursorOf({ at, id }: ReasonDeal): string {
  return Buffer.from(JSON.stringify([at.getTime(), id])).toString('base64url');
}

function readCursor(text: string): ReasonsPick['after'] {
  try {
    const [at, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    const date = typeof at === 'number' ? new Date(at) : null;
    if (date && !Number.isNaN(date.getTime()) && typeof id === 'string') return { at: date, id };
  } catch {
    // Told below: whatever it was, it is not a place of ours.
  }
  throw new ApiError(400, 'bad-cursor', {
    ru: 'Такого места в списке нет: откройте его с начала.',
    en: 'There is no such place in the list: open it from the beginning.',
  });
}
