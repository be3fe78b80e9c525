import type { Integration } from '../store/integrations.js';
import { EMPTY, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, list } from './hal.js';

/** Widgets of the account's integrations. */
export function widgetRoutes(): readonly Route[] {
  return [
    {
      verb: 'GET',
      path: 'widgets',
      name: 'widgets.list',
      run: (call) =>
        list(call, {
          key: 'widgets',
          rows: call.store.integrations.all(),
          write: (integration) => JSON.stringify(view(call, integration)),
        }),
    },
    { verb: 'GET', path: 'widgets/:code', name: 'widgets.get', run: getWidget },
  ];
}

function getWidget(call: Call): ApiAnswer {
  const integration = call.store.integrations.byCode(call.params[0] ?? '');
  return integration === undefined ? EMPTY : ok(view(call, integration));
}

/** Settings are for the integration itself only. */
function view(call: Call, integration: Integration) {
  const own = call.caller.integration === integration;
  return {
    id: integration.code.length,
    code: integration.code,
    version: '1.0.0',
    rating: '0',
    is_lead_source: false,
    is_work_with_dp: true,
    is_crm_template: false,
    client_uuid: integration.id,
    is_active_in_account: integration.state === 'installed',
    ...(own ? { settings: integration.settings } : {}),
    _links: linkTo(call, `widgets/${integration.code}`),
  };
}
