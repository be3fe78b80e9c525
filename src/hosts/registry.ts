import type { HostEntry } from '../contract/host.js';
import { amocrm } from './amocrm/index.js';
import { bitrix24 } from './bitrix24/index.js';

/** Every CRM we can live in: one import and one line each. */
export const HOST_ENTRIES: readonly HostEntry[] = [bitrix24, amocrm];
