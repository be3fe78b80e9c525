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
  ],
} as const;
