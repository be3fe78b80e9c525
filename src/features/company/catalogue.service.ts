import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { MirrorReads } from '../../mirror/index.js';
import { CompanyChanges } from './company-changes.service.js';
import { NO_CATALOGUE } from './company-defaults.js';
import { CompanyRulesCache } from './company-rules.cache.js';
import type { CataloguePart, ProductFacts } from './company.facts.js';
import { doubleName, noAudience, noProduct, noTemplate } from './company.texts.js';
import type { CatalogueView } from './company.view.js';
import type { CatalogueRequest, ProductRequest } from './list.requests.js';
import { demandDistinct, PeopleSettings } from './people-settings.service.js';

/** A product that the host's catalogue does not list. */
const OWN = 'own:';
/** Choosing among more is searching, which the host's own catalogue does better. */
const HOST_PRODUCTS_SHOWN = 1_000;

/** The product line with its managers, audiences and funnels, and the lists that clients are sorted by. */
@Injectable()
export class Catalogue {
  constructor(
    private readonly rules: CompanyRulesCache,
    private readonly changes: CompanyChanges,
    private readonly people: PeopleSettings,
    private readonly mirror: MirrorReads,
    private readonly database: Database,
  ) {}

  async view(person: SessionClaims): Promise<CatalogueView> {
    const { accountId } = person;
    const { parts } = await this.rules.facts(accountId);
    const { products, audiences, segments } = parts.catalogue.body ?? NO_CATALOGUE;
    const lined = new Set(products.map((product) => product.id));
    const hostProducts = (await this.mirror.products(accountId)).filter(
      (product) => product.active && !lined.has(product.id),
    );
    return {
      revision: parts.catalogue.revision,
      products: products.map((product) => ({ ...product, ofHost: !product.id.startsWith(OWN) })),
      audiences,
      segments,
      hostProducts: hostProducts.slice(0, HOST_PRODUCTS_SHOWN).map(({ id, name }) => ({ id, name })),
      templates: await this.templates(accountId),
      mayChange: person.admin,
    };
  }

  async save(person: SessionClaims, request: CatalogueRequest): Promise<CatalogueView> {
    const { accountId } = person;
    const audiences = distinct(request.audiences);
    const segments = distinct(request.segments);
    const before = (await this.rules.facts(accountId)).parts.catalogue.body ?? NO_CATALOGUE;
    const products = request.products.map(productOf);
    demandDistinct(products.map(({ id, name }) => ({ key: id, name })));
    await this.demandKnown(accountId, products, before);
    if (products.some(({ audience }) => audience !== null && !audiences.includes(audience)))
      throw noAudience();
    const body: CataloguePart = { products, audiences, segments };
    const detail = { products: products.length, audiences: audiences.length, segments: segments.length };
    const { revision } = request;
    await this.changes.savePart(person, 'catalogue', { revision, body, note: { plans: true, detail } });
    return this.view(person);
  }

  /** What stands in the line already may stay although the host or the templates lost it. */
  private async demandKnown(
    accountId: string,
    products: readonly ProductFacts[],
    before: CataloguePart,
  ): Promise<void> {
    const lined = new Map(before.products.map((product) => [product.id, product]));
    const listed = new Set((await this.mirror.products(accountId)).map((product) => product.id));
    const templates = new Set((await this.templates(accountId)).map((template) => template.id));
    for (const { id, templateId } of products) {
      if (!id.startsWith(OWN) && !listed.has(id) && !lined.has(id)) throw noProduct();
      const kept = lined.get(id)?.templateId === templateId;
      if (templateId !== null && !kept && !templates.has(templateId)) throw noTemplate();
    }
    await this.people.demandPeople(
      accountId,
      products.flatMap(({ managerId }) => (managerId === null ? [] : [managerId])),
    );
  }

  private async templates(accountId: string): Promise<CatalogueView['templates']> {
    return this.database.query<{ id: string; name: string }>(
      `SELECT t.template_id AS id, t.name FROM plan_template t
       WHERE t.account_id = $1::uuid AND t.retired_at IS NULL AND EXISTS (SELECT 1 FROM plan_template_version v
         WHERE v.account_id = t.account_id AND v.template_id = t.template_id AND v.state = 'published'
           AND COALESCE(v.body ->> 'purpose', 'sale') = 'sale')
       ORDER BY t.name, t.template_id`,
      [accountId],
    );
  }
}

function productOf(request: ProductRequest): ProductFacts {
  const { name, description, managerId, audience, templateId } = request;
  return {
    id: request.id ?? `${OWN}${randomUUID().slice(0, 8)}`,
    name: name.trim(),
    description: description.trim(),
    managerId,
    audience: audience === null ? null : audience.trim(),
    templateId,
  };
}

function distinct(names: readonly string[]): readonly string[] {
  const trimmed = names.map((name) => name.trim());
  const folded = new Set(trimmed.map((name) => name.toLowerCase()));
  if (folded.size < names.length || folded.has('')) throw doubleName();
  return trimmed;
}
