import sjson from 'secure-json-parse';
import type { FramePlace, HostRequest } from '../../contract/host.js';
import { isObject, type JsonObject } from '../common/json.js';
import { linkOf } from './links.js';
import { scopesOf } from './oauth.js';
import { isMemberId, mapIn, readForm, textIn } from './webhooks.js';

/** A frame's form or an installation call, read and not yet believed. Absent texts are empty. */
export interface FramePost {
  readonly memberId: string;
  /** Host and port of the portal as posted: compared, never called. */
  readonly domain: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly lifeSeconds: number;
  readonly oauthEndpoint: string;
  readonly applicationToken: string;
  readonly scopes: readonly string[];
  readonly placement: string;
  readonly options: JsonObject;
  readonly language: string;
  /** From server to server, `auth[…]` instead of the frame's fields. */
  readonly isInstallCall: boolean;
}

/** Null when it cannot be one: no form, no member, no token, or a field that no portal would send. */
export function readFramePost(request: HostRequest): FramePost | null {
  if (request.method !== 'POST') return null;
  const form = readForm(request);
  if ('kind' in form) return null;
  const post = 'auth' in form.fields ? installCall(form.fields) : framePost(form.fields, request);
  if (!isMemberId(post.memberId) || !isToken(post.accessToken)) return null;
  if (post.refreshToken !== '' && !isToken(post.refreshToken)) return null;
  if (post.domain !== '' && !/^[a-z0-9.-]{1,253}(?::\d{1,5})?$/i.test(post.domain)) return null;
  return post.applicationToken.length > 256 ? null : post;
}

function framePost(fields: JsonObject, { query }: HostRequest): FramePost {
  const placement = textIn(fields, 'PLACEMENT');
  return {
    memberId: textIn(fields, 'member_id'),
    domain: query['DOMAIN'] ?? textIn(fields, 'DOMAIN'),
    accessToken: textIn(fields, 'AUTH_ID'),
    refreshToken: textIn(fields, 'REFRESH_ID'),
    lifeSeconds: lifeOf(textIn(fields, 'AUTH_EXPIRES')),
    oauthEndpoint: textIn(fields, 'SERVER_ENDPOINT'),
    applicationToken: textIn(fields, 'APPLICATION_TOKEN'),
    scopes: scopesOf(textIn(fields, 'APPLICATION_SCOPE')),
    placement: placement === '' ? 'DEFAULT' : placement,
    options: optionsOf(textIn(fields, 'PLACEMENT_OPTIONS')),
    language: languageOf(query['LANG'] ?? ''),
    isInstallCall: false,
  };
}

function installCall(fields: JsonObject): FramePost {
  const auth = mapIn(fields, 'auth');
  return {
    memberId: textIn(auth, 'member_id'),
    domain: textIn(auth, 'domain'),
    accessToken: textIn(auth, 'access_token'),
    refreshToken: textIn(auth, 'refresh_token'),
    lifeSeconds: lifeOf(textIn(auth, 'expires_in')),
    oauthEndpoint: textIn(auth, 'server_endpoint'),
    applicationToken: textIn(auth, 'application_token'),
    scopes: scopesOf(textIn(auth, 'scope')),
    placement: 'DEFAULT',
    options: {},
    language: languageOf(textIn(mapIn(fields, 'data'), 'LANGUAGE_ID')),
    isInstallCall: true,
  };
}

/** Among the host's own reports of sales: where heads look for control. */
export const PANEL_PLACEMENT = 'CRM_ANALYTICS_MENU';

/** Which of our screens this opening asks for. An unfinished installation always leads to the installer. */
export function placeOf(post: FramePost, installed: boolean): FramePlace {
  const { language, options } = post;
  const dealId = installed ? (dealIdOf(post.placement, options['ID']) ?? dealOfSlider(options)) : null;
  if (!installed) return { screen: 'install', dealId, language };
  if (dealId !== null) return { screen: 'plan', dealId, language };
  const link = linkOf(post.placement, options);
  if (link !== null) return { screen: 'home', dealId, language, link };
  return { screen: post.placement === PANEL_PLACEMENT ? 'panel' : 'home', dealId, language };
}

function dealIdOf(placement: string, id: unknown): string | null {
  const [, entity] = /^CRM_(DEAL|LEAD)_DETAIL_/.exec(placement) ?? [];
  const number = typeof id === 'number' ? String(id) : id;
  if (!entity || typeof number !== 'string' || !/^[1-9]\d{0,14}$/.test(number)) return null;
  return `${entity === 'DEAL' ? 'D' : 'L'}_${number}`;
}

/** A button of an activity opens us in a slider and says on whose card it stands, whatever the placement is called. */
function dealOfSlider({ entityTypeId, entityId }: JsonObject): string | null {
  const number = typeof entityId === 'number' ? String(entityId) : entityId;
  if (typeof number !== 'string' || !/^[1-9]\d{0,14}$/.test(number)) return null;
  if (String(entityTypeId) === '2') return `D_${number}`;
  return String(entityTypeId) === '1' ? `L_${number}` : null;
}

/** A JSON text that may be empty, a list, or nothing of the kind. */
function optionsOf(text: string): JsonObject {
  if (text === '' || text.length > 65_536) return {};
  const parsed: unknown = sjson.safeParse(text);
  return isObject(parsed) ? parsed : {};
}

function lifeOf(text: string): number {
  const seconds = Number(text);
  return Number.isSafeInteger(seconds) && seconds > 0 && seconds <= 86_400 ? seconds : 3600;
}

function languageOf(text: string): string {
  return /^[a-z]{2}(?:[-_][a-z]{2})?$/i.test(text) ? text.toLowerCase().slice(0, 2) : 'en';
}

function isToken(text: string): boolean {
  return /^[\w.~+/=-]{8,1024}$/.test(text);
}
