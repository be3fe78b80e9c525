import type { PortalStore } from '../store/portal-store.js';
import { activityMethods } from './activity-methods.js';
import { configurableMethods } from './configurable-methods.js';
import { crmClassicMethods } from './crm-classic-methods.js';
import { crmItemMethods } from './crm-item-methods.js';
import type { CrmLists } from './crm-lists.js';
import { crmReferenceMethods } from './crm-reference-methods.js';
import { eventMethods } from './event-methods.js';
import type { Method } from './method.js';
import { notifyMethods } from './notify-methods.js';
import { placementMethods } from './placement-methods.js';
import { robotMethods } from './robot-methods.js';
import { systemMethods } from './system-methods.js';
import { taskMethods } from './task-methods.js';
import { taskPartMethods } from './task-part-methods.js';
import { taskV3Methods } from './task-v3-methods.js';
import { timelineMethods } from './timeline-methods.js';

/** Every method the portal answers, found without regard to case. */
export class MethodRegistry {
  private readonly classic = new Map<string, Method>();
  private readonly third = new Map<string, Method>();

  constructor(store: PortalStore, lists: CrmLists) {
    const groups = [
      systemMethods(store, () => this.names()),
      eventMethods(store),
      placementMethods(store),
      crmItemMethods(store, lists),
      crmClassicMethods(store, lists),
      crmReferenceMethods(store, lists),
      activityMethods(store, lists),
      configurableMethods(store),
      timelineMethods(store),
      taskMethods(store, lists),
      taskPartMethods(store),
      notifyMethods(store),
      robotMethods(store),
    ];
    for (const method of groups.flat()) {
      this.classic.set(method.name.toLowerCase(), method);
    }
    for (const method of taskV3Methods(store, lists)) {
      this.third.set(method.name.toLowerCase(), method);
    }
  }

  names(): readonly string[] {
    return ['batch', ...this.classic.keys()];
  }

  find(name: string): Method | undefined {
    return this.classic.get(name.toLowerCase());
  }

  findV3(name: string): Method | undefined {
    return this.third.get(name.toLowerCase());
  }
}
