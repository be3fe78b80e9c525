import type { PortalContext } from '../portal-context.js';
import type { Faults } from '../server/faults.js';
import type { Limits } from '../server/limits.js';
import type { RequestLog } from '../../common/request-log.js';
import type { PortalStore } from '../store/portal-store.js';

/** What the control API turns. */
export interface ControlParts {
  readonly store: PortalStore;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly settings: { v3: boolean; renamedTo: string | null };
  readonly context: PortalContext;
}
