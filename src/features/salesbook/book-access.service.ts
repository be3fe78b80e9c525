import { Injectable } from '@nestjs/common';
import { mayHandle, reachOf, type Reach } from '../../domain/crm/rights.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import { CompanyStructures, MirrorReads, type CompanyStructure } from '../../mirror/index.js';
import { BookRepository } from './book.repository.js';
import type { BookEntry } from './book.types.js';

/** Who may read and write what in the Sales Book: as with the deals themselves, checked for every call. */
@Injectable()
export class BookAccess {
  constructor(
    private readonly structures: CompanyStructures,
    private readonly mirror: MirrorReads,
    private readonly book: BookRepository,
  ) {}

  async reach(
    person: SessionClaims,
  ): Promise<{ readonly reach: Reach; readonly structure: CompanyStructure }> {
    const structure = await this.structures.of(person.accountId);
    return { reach: reachOf(person, structure), structure };
  }

  /** Throws unless the deal is there and within reach. */
  async demandDeal(person: SessionClaims, dealId: string): Promise<{ readonly title: string }> {
    const deal = await this.mirror.deal(person.accountId, dealId);
    if (!deal) throw noDeal();
    const { reach } = await this.reach(person);
    if (!mayHandle(reach, deal)) throw noDeal();
    return { title: deal.title };
  }

  /** An entry of a deal within reach; another one is as if it were not there. */
  async demandEntry(person: SessionClaims, entryId: string): Promise<BookEntry> {
    const entry = await this.book.find(person.accountId, entryId);
    if (!entry) throw noEntry();
    const { reach } = await this.reach(person);
    if (reach.kind === 'all') return entry;
    if (entry.dealId === null) {
      const people = [entry.by, ...(entry.body.userIds ?? [])];
      if (people.some((userId) => userId !== null && reach.userIds.has(userId))) return entry;
      throw noEntry();
    }
    const deal = await this.mirror.deal(person.accountId, entry.dealId);
    if (!deal || !mayHandle(reach, deal)) throw noEntry();
    return entry;
  }

  /** Heads and administrators: who answers for others' deals may ask whether the book about them holds. */
  async demandHead(person: SessionClaims): Promise<void> {
    const { reach } = await this.reach(person);
    if (leads(reach)) return;
    throw new ApiError(403, 'heads-only', {
      ru: 'Проверить Sales Book могут руководители и администратор CRM.',
      en: 'Heads and administrators of the CRM may verify the Sales Book.',
    });
  }
}

export function leads(reach: Reach): boolean {
  return reach.kind === 'all' || reach.userIds.size > 1;
}

export function noEntry(): ApiError {
  return notFound({ ru: 'Такой записи в Sales Book нет.', en: 'There is no such entry in the Sales Book.' });
}

function noDeal(): ApiError {
  return notFound({
    ru: 'Этой сделки нет, она ещё не скопирована или вам не видна.',
    en: 'There is no such deal, it is not copied yet, or you may not see it.',
  });
}
