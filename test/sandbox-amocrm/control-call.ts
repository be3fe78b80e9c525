import type { AmocrmPortal } from '../../src/sandbox/amocrm/portal.js';
import { post, type Answer } from '../sandbox/portal-harness.js';

export function control(portal: AmocrmPortal, path: string, body: unknown = {}): Promise<Answer> {
  return post(`${portal.control}${path}`, body);
}
