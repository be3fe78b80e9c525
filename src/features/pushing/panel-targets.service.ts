import { Injectable } from '@nestjs/common';
import { mayHandle, reachOf, type Reach } from '../../domain/crm/rights.js';
import type { Deal } from '../../domain/crm/records.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CompanyStructures, MirrorReads, type CompanyStructure } from '../../mirror/index.js';
import { refusalText, type RefusalCode } from './panel-refusal.texts.js';

export interface Refused {
  readonly dealId: string;
  readonly why: string;
}

/** Deals that somebody wants to act on, and who that is. */
export interface Targets {
  readonly person: SessionClaims;
  readonly structure: CompanyStructure;
  readonly reach: Reach;
  readonly deals: readonly Deal[];
  readonly refused: readonly Refused[];
}

/** Which of the named deals a person may act on, checked on the mirror for every call. */
@Injectable()
export class PanelTargets {
  constructor(
    private readonly mirror: MirrorReads,
    private readonly structures: CompanyStructures,
  ) {}

  /** Open deals within reach; the others are refused by name. */
  async of(person: SessionClaims, dealIds: readonly string[]): Promise<Targets> {
    const structure = await this.structures.of(person.accountId);
    const reach = reachOf(person, structure);
    const asked = [...new Set(dealIds)].toSorted();
    const found = await this.mirror.deals(person.accountId, asked);
    const known = new Map(found.map((deal) => [deal.id, deal]));
    const deals: Deal[] = [];
    const refused: Refused[] = [];
    for (const dealId of asked) {
      const deal = known.get(dealId);
      if (!deal || deal.deleted || !mayHandle(reach, deal))
        refused.push(refuse(dealId, 'notThere', person.language));
      else if (deal.stageKind !== 'open') refused.push(refuse(dealId, 'closed', person.language));
      else deals.push(deal);
    }
    return { person, structure, reach, deals, refused };
  }
}

export function refuse(dealId: string, code: RefusalCode, language: 'ru' | 'en'): Refused {
  return { dealId, why: refusalText(code, language) };
}

/** A head of somebody, or an administrator. */
export function leads({ reach }: Pick<Targets, 'reach'>): boolean {
  return reach.kind === 'all' || reach.userIds.size > 1;
}
