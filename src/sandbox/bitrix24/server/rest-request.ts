import secureJson from 'secure-json-parse';
import { FormError, parseBracketForm } from '../../common/bracket-form.js';
import { RestError } from '../wire/rest-error.js';
import { normalMethod } from '../rest/batch.js';
import { asRecord, asText, Params } from '../rest/params.js';

/** A request to the portal's REST, read but not judged. */
export interface RestRequest {
  readonly method: string;
  readonly v3: boolean;
  readonly webhook: { readonly userId: number; readonly secret: string } | null;
  readonly token: string;
  readonly params: Params;
  /** The body of a REST 3.0 batch. */
  readonly list: readonly unknown[] | null;
  /** Methods of the commands of a batch, for the log. */
  readonly commands: readonly string[];
}

export interface HttpParts {
  /** Path after `/rest/`. */
  readonly path: string;
  readonly query: string;
  readonly contentType: string;
  readonly authorization: string;
  readonly verb: string;
  readonly body: Buffer;
}

/** Classic methods take JSON, forms and query parameters; REST 3.0 only JSON by POST. */
export function readRestRequest(http: HttpParts): RestRequest {
  const { v3, webhook, method } = readPath(http.path);
  const query = readForm(http.query);
  const body = readBody(http);
  if (v3 && http.verb !== 'POST') {
    throw new RestError(405, 'INVALID_REQUEST', 'REST 3.0 takes POST only');
  }
  const record = Array.isArray(body) ? {} : asRecord(body);
  const params = new Params(v3 ? record : { ...query, ...record });
  const bearer = /^Bearer\s+(\S+)$/i.exec(http.authorization)?.[1] ?? '';
  const commands = method === 'batch' ? commandNames(params, body) : [];
  return {
    method,
    v3,
    webhook,
    token: firstText(params.get('auth'), query['auth'], bearer),
    params,
    list: v3 && Array.isArray(body) ? (body as readonly unknown[]) : null,
    commands,
  };
}

function readPath(path: string): Pick<RestRequest, 'v3' | 'webhook' | 'method'> {
  const segments = path.split('/').filter((segment) => segment !== '');
  const v3 = segments[0] === 'api';
  const rest = v3 ? segments.slice(1) : segments;
  const [userId = '', secret = ''] = rest;
  const webhook = rest.length >= 3 && /^\d+$/.test(userId) ? { userId: Number(userId), secret } : null;
  return { v3, webhook, method: normalMethod((webhook === null ? rest : rest.slice(2)).join('/')) };
}

function firstText(...values: readonly unknown[]): string {
  return values.map(asText).find((text) => text !== '') ?? '';
}

function readForm(text: string): Readonly<Record<string, unknown>> {
  try {
    return parseBracketForm(text);
  } catch (error) {
    if (error instanceof FormError) {
      throw new RestError(400, 'INVALID_REQUEST', `Malformed form: ${error.message}`);
    }
    throw error;
  }
}

function readBody(http: HttpParts): unknown {
  if (http.body.length === 0) {
    return {};
  }
  const type = http.contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const text = http.body.toString('utf8');
  if (type === 'multipart/form-data') {
    return readMultipart(http.contentType, text);
  }
  if (
    type === 'application/json' ||
    (type !== 'application/x-www-form-urlencoded' && /^\s*[[{]/.test(text))
  ) {
    try {
      return secureJson.parse(text) as unknown;
    } catch {
      throw new RestError(400, 'INVALID_REQUEST', 'Malformed JSON');
    }
  }
  return readForm(text);
}

/** Text fields only: the methods played here take no files. */
function readMultipart(contentType: string, text: string): Readonly<Record<string, unknown>> {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) {
    throw new RestError(400, 'INVALID_REQUEST', 'Malformed multipart body');
  }
  const pairs = text.split(`--${boundary}`).flatMap((part) => {
    const match = /^\r?\n[\s\S]*?name="([^"]+)"[\s\S]*?\r?\n\r?\n([\s\S]*?)\r?\n$/.exec(part);
    return match === null
      ? []
      : [`${encodeURIComponent(match[1] ?? '')}=${encodeURIComponent(match[2] ?? '')}`];
  });
  return readForm(pairs.join('&'));
}

function commandNames(params: Params, body: unknown): readonly string[] {
  if (Array.isArray(body)) {
    return body.map((command) => asText(asRecord(command)['method']));
  }
  return Object.values(asRecord(params.get('cmd'))).map((text) => {
    const command = asText(text);
    const mark = command.indexOf('?');
    return normalMethod(mark === -1 ? command : command.slice(0, mark));
  });
}
