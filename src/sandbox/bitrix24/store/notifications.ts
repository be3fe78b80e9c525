export interface Notification {
  readonly id: number;
  readonly userId: number;
  readonly fromId: number;
  readonly applicationId: string;
  readonly message: string;
  readonly tag: string;
  readonly subTag: string;
  /** Epoch seconds. */
  readonly at: number;
}

/** Notifications; a tag is unique inside its application, so a used tag removes the earlier ones. */
export class Notifications {
  private list: Notification[] = [];
  private lastId = 0;

  add(draft: Omit<Notification, 'id'>): Notification {
    if (draft.tag !== '') {
      this.list = this.list.filter(
        (known) => known.tag !== draft.tag || known.applicationId !== draft.applicationId,
      );
    }
    this.lastId += 1;
    const made = { id: this.lastId, ...draft };
    this.list.push(made);
    return made;
  }

  of(userId: number): readonly Notification[] {
    return this.list.filter((notification) => notification.userId === userId).reverse();
  }

  get size(): number {
    return this.list.length;
  }
}
