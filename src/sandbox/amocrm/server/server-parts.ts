import type { RequestLog } from '../../common/request-log.js';
import type { AccountStore } from '../store/account-store.js';
import type { Faults } from './fault-kinds.js';
import type { Limits } from './limits.js';

/** What every address of the account works with. */
export interface ServerParts {
  readonly store: AccountStore;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly log: RequestLog;
}
