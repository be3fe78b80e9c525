import { createHmac } from 'node:crypto';

/** The bytes of a POST over a kept connection. */
export function postRequest(
  path: string,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${type}\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\n${more.join('')}\r\n${body}`
  );
}

export interface HookProof {
  readonly memberId: string;
  readonly applicationToken: string;
  readonly domain: string;
}

/** What the portal posts when a deal was saved. */
export function dealEvent(dealId: number, proof: HookProof): string {
  const form = new URLSearchParams({
    event: 'ONCRMDEALUPDATE',
    event_handler_id: '42',
    'data[FIELDS][ID]': String(dealId),
    ts: String(Math.floor(Date.now() / 1000)),
    'auth[domain]': proof.domain,
    'auth[client_endpoint]': `https://${proof.domain}/rest/`,
    'auth[server_endpoint]': 'https://oauth.bitrix.info/rest/',
    'auth[member_id]': proof.memberId,
    'auth[application_token]': proof.applicationToken,
  });
  return postRequest('/hooks/bitrix24', 'application/x-www-form-urlencoded', form.toString());
}

/** A signed event of a payment service about one customer: the peer's comparable task. */
export function customerEvent(index: number, secret: string): string {
  const at = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({
    id: `evt_${index}`,
    object: 'event',
    api_version: '2020-08-27',
    created: at,
    type: 'customer.updated',
    data: { object: customer(index, at), previous_attributes: { description: null } },
    livemode: false,
    pending_webhooks: 1,
  });
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return postRequest('/webhooks', 'application/json', body, {
    'stripe-signature': `t=${at},v1=${signature}`,
  });
}

/** With every field that the service documents for a customer: the size of a real event, about 1.5 kB. */
function customer(index: number, created: number): object {
  const address = {
    city: 'Berlin',
    country: 'DE',
    line1: `Invalidenstrasse ${index % 200}`,
    line2: null,
    postal_code: '10115',
    state: null,
  };
  return {
    id: `cus_${String(index).padStart(14, '0')}`,
    object: 'customer',
    address,
    balance: 0,
    created,
    currency: 'eur',
    default_source: null,
    delinquent: false,
    description: `Customer number ${index} of the benchmark`,
    discount: null,
    email: `customer${index}@example.com`,
    invoice_prefix: `B${index}`,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: { order: String(index), segment: 'b2b' },
    name: `Customer ${index}`,
    next_invoice_sequence: 1,
    phone: '+49301234567',
    preferred_locales: ['de', 'en'],
    shipping: { address, name: `Customer ${index}`, phone: '+49301234567' },
    tax_exempt: 'none',
    test_clock: null,
  };
}
