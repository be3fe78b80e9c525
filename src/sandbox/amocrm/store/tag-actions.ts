import type { AccountStore } from './account-store.js';
import type { Tag } from './records.js';

const FIRST_TAG = 200_001;

/** The tag of this name; a new name makes a new tag. */
export function tagNamed(store: AccountStore, name: string): Tag {
  for (const tag of store.tags.values()) {
    if (tag.name === name) return tag;
  }
  const tag: Tag = { id: FIRST_TAG + store.tags.size, name, color: null };
  store.tags.set(tag.id, tag);
  return tag;
}
