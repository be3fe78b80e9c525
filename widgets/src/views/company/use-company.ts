import { inject, provide, type InjectionKey } from 'vue';
import type {
  CalendarView,
  CatalogueView,
  FieldMapView,
  PeopleView,
  ReasonsView,
} from '../../../../src/features/company/company.view.js';
import type { ApiClient } from '../../api/client.js';
import type { Deeds } from './use-deeds.js';
import { usePart, type Part } from './use-part.js';

/** Parts are read when a tab first needs them, and kept while the page is open. */
export interface CompanySettings {
  readonly calendar: Part<CalendarView>;
  readonly people: Part<PeopleView>;
  readonly fields: Part<FieldMapView>;
  readonly catalogue: Part<CatalogueView>;
  readonly reasons: Part<ReasonsView>;
}

const key: InjectionKey<CompanySettings> = Symbol('company settings');

export function provideSettings(api: ApiClient, deeds: Deeds): void {
  provide(key, {
    calendar: usePart<CalendarView>(api, deeds, {
      path: '/api/company/calendar',
      body: ({ country, timeZone, week, overrides }) => ({ country, timeZone, week, overrides }),
    }),
    people: usePart<PeopleView>(api, deeds, { path: '/api/company/people', body: peopleBody }),
    fields: usePart<FieldMapView>(api, deeds, { path: '/api/company/fields', body: ({ map }) => ({ map }) }),
    catalogue: usePart<CatalogueView>(api, deeds, { path: '/api/company/catalogue', body: catalogueBody }),
    reasons: usePart<ReasonsView>(api, deeds, {
      path: '/api/company/reasons',
      body: ({ reasons }) => ({ reasons: reasons.map(withoutEmptyKey) }),
    }),
  });
}

export function useSettings(): CompanySettings {
  const settings = inject(key);
  if (!settings) throw new Error('useSettings: outside the settings');
  return settings;
}

function peopleBody({ roles, groups }: PeopleView): object {
  return {
    roles: roles.map(({ key: id, name, holderIds }) => withoutEmptyKey({ key: id, name, holderIds })),
    groups: groups.map(withoutEmptyKey),
  };
}

function catalogueBody({ products, audiences, segments }: CatalogueView): object {
  return {
    audiences,
    segments,
    products: products.map(({ id, name, description, managerId, audience, templateId }) => ({
      ...(id === '' ? {} : { id }),
      ...{ name, description, managerId, audience, templateId },
    })),
  };
}

/** A new one has no key until the server gives it one. */
function withoutEmptyKey<Item extends { readonly key: string }>({ key: id, ...rest }: Item): object {
  return id === '' ? rest : { key: id, ...rest };
}
