import type { PanelMark } from '../../../../src/features/pushing/panel.view.js';
import type { IconName } from '../../ui/icon-paths.js';

/** Every mark has a shape of its own beside its word and colour. */
export const markIcons: Readonly<Record<PanelMark, IconName>> = {
  overdue: 'overdue',
  stuck: 'cancelled',
  noPlan: 'failed',
  noNextStep: 'future',
  pushedUnanswered: 'actionable',
  unsorted: 'person',
  today: 'clock',
  waiting: 'waiting',
};
