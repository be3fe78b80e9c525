import type { HostEntry } from '../../contract/host.js';
import { Bitrix24Host, HOST_ID } from './host.js';

const CLIENT_ID = 'BITRIX24_CLIENT_ID';
const CLIENT_SECRET = 'BITRIX24_CLIENT_SECRET';

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
  ],
  create(values, surroundings) {
    const clientId = values[CLIENT_ID];
    const clientSecret = values[CLIENT_SECRET];
    return clientId && clientSecret ? new Bitrix24Host({ clientId, clientSecret }, surroundings) : null;
  },
};
