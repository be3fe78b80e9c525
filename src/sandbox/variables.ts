/** Address of a portal that somebody else runs, e.g. by `npm run sandbox`. */
export const RUNNING_PORTAL = 'SANDBOX_BITRIX24_URL';

/** The sandbox's own variables, parsed at boot together with the rest. */
export const sandboxVariables = {
  id: 'sandbox',
  variables: [
    {
      name: 'SANDBOX_BITRIX24_PORT',
      secret: false,
      required: false,
      meaning: 'port of the simulated Bitrix24 portal, 3101 when absent',
    },
    {
      name: RUNNING_PORTAL,
      secret: false,
      required: false,
      meaning: 'origin of a simulated portal that runs already: several processes share it, none is started',
    },
    {
      name: 'SANDBOX_AMOCRM_PORT',
      secret: false,
      required: false,
      meaning: 'port of the simulated amoCRM account, 3102 when absent',
    },
  ],
} as const;
