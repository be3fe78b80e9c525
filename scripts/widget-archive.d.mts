export interface Packing {
  readonly folder: string;
  readonly appUrl: string;
  readonly isPublic?: boolean;
  readonly supportEmail?: string | undefined;
}

export function packArchive(packing: Packing): Uint8Array;
export function serviceOrigin(appUrl: string): string;
export function archiveFaults(
  zip: Uint8Array,
  options?: { readonly secrets?: readonly string[]; readonly previous?: Uint8Array | null },
): readonly string[];
