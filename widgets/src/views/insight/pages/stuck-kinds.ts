import type { StuckKind } from '../../../../../src/features/insight/insight.view.js';
import type { IconName } from '../../../ui/icon-paths.js';

/** In the order of what can be done about it today. */
export const stuckKinds: readonly StuckKind[] = ['noPlan', 'sellerIdle', 'waitingForClient', 'dead'];

/** Every kind has a shape of its own beside its word and colour. */
export const kindIcons: Readonly<Record<StuckKind, IconName>> = {
  noPlan: 'future',
  sellerIdle: 'person',
  waitingForClient: 'clock',
  dead: 'failed',
};
