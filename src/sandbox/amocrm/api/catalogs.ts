import { CATALOG_ID, elementId } from '../store/catalog.js';
import { EMPTY, idOf, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, list } from './hal.js';

/** Lists of the account: here the one of products. */
export function catalogRoutes(): readonly Route[] {
  return [
    { verb: 'GET', path: 'catalogs', name: 'catalogs.list', run: listCatalogs },
    { verb: 'GET', path: 'catalogs/:id/elements', name: 'catalog_elements.list', run: listElements },
  ];
}

function listCatalogs(call: Call): ApiAnswer {
  const { company, settings } = call.store;
  if (!settings.catalogs) return EMPTY;
  const catalog = {
    id: CATALOG_ID,
    name: company.language === 'ru' ? 'Товары' : 'Products',
    created_at: Math.floor(company.now / 1000),
    updated_at: Math.floor(company.now / 1000),
    sort: 10,
    type: 'products',
    can_add_elements: true,
    can_link_multiple: true,
    account_id: call.store.accountId,
    _links: linkTo(call, `catalogs/${CATALOG_ID}`),
  };
  return list(call, { key: 'catalogs', rows: [catalog], write: (row) => JSON.stringify(row) });
}

function listElements(call: Call): ApiAnswer {
  const { company, settings, accountId } = call.store;
  if (!settings.catalogs || idOf(call) !== CATALOG_ID) return EMPTY;
  return list(call, {
    key: 'elements',
    rows: company.products,
    write: (product) =>
      JSON.stringify({
        id: elementId(product.id),
        name: product.name,
        is_deleted: false,
        catalog_id: CATALOG_ID,
        custom_fields_values: [
          {
            field_id: 610_001,
            field_name: 'Price',
            field_code: 'PRICE',
            field_type: 'price',
            values: [{ value: String(product.price) }],
          },
        ],
        account_id: accountId,
        _links: linkTo(call, `catalogs/${CATALOG_ID}/elements/${elementId(product.id)}`),
      }),
  });
}
