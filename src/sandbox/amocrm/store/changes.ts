/** What the page hears of. */
export type AccountChange =
  | {
      readonly kind: 'deal';
      readonly action: 'created' | 'changed' | 'moved' | 'deleted';
      readonly id: number;
    }
  | {
      readonly kind: 'task';
      readonly action: 'created' | 'changed' | 'deleted';
      readonly id: number;
      readonly dealIds: readonly number[];
    }
  | { readonly kind: 'note'; readonly id: number; readonly dealId: number }
  | { readonly kind: 'application'; readonly id: string };
