import type { AccountContext } from '../account-context.js';
import type { WidgetShelf } from '../page/widget-shelf.js';
import type { ServerParts } from '../server/server-parts.js';

/** What the control API turns. */
export interface ControlParts extends ServerParts {
  readonly context: AccountContext;
  readonly widgets: WidgetShelf;
}
