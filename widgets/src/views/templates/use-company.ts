import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue';
import type {
  CatalogueView,
  FieldMapView,
  PeopleView,
  ReasonsView,
} from '../../../../src/features/company/company.view.js';
import type { TemplatesView } from '../../../../src/features/plans/templates.view.js';
import type { ApiClient } from '../../api/client.js';

/** What rules of steps may name. A part that could not be read is null: what it names is shown by its key. */
export interface CompanyWords {
  readonly people: ShallowRef<PeopleView | null>;
  readonly fields: ShallowRef<FieldMapView | null>;
  readonly catalogue: ShallowRef<CatalogueView | null>;
  readonly reasons: ShallowRef<ReasonsView | null>;
  readonly templates: ShallowRef<TemplatesView | null>;
}

const companyKey: InjectionKey<CompanyWords> = Symbol('company words');

export function readCompany(api: ApiClient, templates: ShallowRef<TemplatesView | null>): CompanyWords {
  const words: CompanyWords = {
    people: shallowRef(null),
    fields: shallowRef(null),
    catalogue: shallowRef(null),
    reasons: shallowRef(null),
    templates,
  };
  const take = <View>(path: string, place: ShallowRef<View | null>): void => {
    api.read<View>(`/api/company/${path}`).then(
      (view) => (place.value = view),
      () => undefined,
    );
  };
  take('people', words.people);
  take('fields', words.fields);
  take('catalogue', words.catalogue);
  take('reasons', words.reasons);
  provide(companyKey, words);
  return words;
}

export function useCompany(): CompanyWords {
  const words = inject(companyKey);
  if (!words) throw new Error('useCompany: outside the templates');
  return words;
}
