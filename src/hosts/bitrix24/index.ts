import type { HostEntry } from '../../contract/host.js';
import { Bitrix24Host, HOST_ID } from './host.js';
import { BUCKET_RULES, type PortalLimits } from './limits.js';

const CLIENT_ID = 'BITRIX24_CLIENT_ID';
const CLIENT_SECRET = 'BITRIX24_CLIENT_SECRET';
const APP_CODE = 'BITRIX24_APP_CODE';
const LIMITS = 'BITRIX24_LIMITS';
const LIMIT_NAMES = Object.keys(BUCKET_RULES);

export const bitrix24: HostEntry = {
  id: HOST_ID,
  variables: [
    {
      name: CLIENT_ID,
      secret: false,
      required: true,
      meaning: 'application code of the Bitrix24 application',
    },
    {
      name: CLIENT_SECRET,
      secret: true,
      required: true,
      meaning: 'application key of the Bitrix24 application',
    },
    {
      name: APP_CODE,
      secret: false,
      required: false,
      meaning: 'symbolic code of an application from the market, for links into it; a local one needs none',
    },
    {
      name: LIMITS,
      secret: false,
      required: false,
      values: LIMIT_NAMES,
      meaning:
        'requests that the portals grant: cloud (when absent), enterprise, or none for a self-hosted one',
    },
  ],
  create(values, surroundings) {
    const clientId = values[CLIENT_ID];
    const clientSecret = values[CLIENT_SECRET];
    if (!clientId || !clientSecret) return null;
    const code = values[APP_CODE];
    const application = { clientId, clientSecret, ...(code ? { code } : {}) };
    return new Bitrix24Host(application, surroundings, { limits: limitsOf(values[LIMITS]) });
  },
};

function limitsOf(name: string | undefined): PortalLimits {
  return name === 'enterprise' || name === 'none' ? name : 'cloud';
}
