import type { HostEntry } from '../../contract/host.js';
import { type Platform, PLATFORMS } from './endpoints.js';
import { AmocrmHost, HOST_ID } from './host.js';

const CLIENT_ID = 'AMOCRM_CLIENT_ID';
const CLIENT_SECRET = 'AMOCRM_CLIENT_SECRET';
const PLATFORM = 'AMOCRM_PLATFORM';
const LONG_LIVED_TOKEN = 'AMOCRM_LONG_LIVED_TOKEN';
const SHARED_RATE = 'AMOCRM_SHARED_RATE';

export const amocrm: HostEntry = {
  id: HOST_ID,
  variables: [
    { name: CLIENT_ID, secret: false, required: true, meaning: 'id of the amoCRM or Kommo integration' },
    { name: CLIENT_SECRET, secret: true, required: true, meaning: 'secret key of that integration' },
    {
      name: PLATFORM,
      secret: false,
      required: false,
      values: Object.keys(PLATFORMS),
      meaning: 'where the integration is registered: ru (amocrm.ru, when absent) or kommo',
    },
    {
      name: LONG_LIVED_TOKEN,
      secret: true,
      required: false,
      meaning: 'long-lived token of a private integration’s one account, instead of an authorisation',
    },
    {
      name: SHARED_RATE,
      secret: false,
      required: false,
      values: ['1', '2', '3', '4', '5', '6', '7'],
      meaning:
        'requests a second of this process to all accounts together; absent: each account has its own limit',
    },
  ],
  create(values, surroundings) {
    const clientId = values[CLIENT_ID];
    const clientSecret = values[CLIENT_SECRET];
    if (!clientId || !clientSecret) return null;
    const application = {
      clientId,
      clientSecret,
      platform: platformOf(values[PLATFORM]),
      longLivedToken: values[LONG_LIVED_TOKEN] ?? null,
    };
    const rate = values[SHARED_RATE];
    return new AmocrmHost(application, surroundings, {}, rate === undefined ? null : Number(rate));
  },
};

function platformOf(name: string | undefined): Platform {
  return name === 'kommo' ? 'kommo' : 'ru';
}
