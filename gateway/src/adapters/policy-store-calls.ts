import type { PolicyHead, ProfileKept, SignedKept } from '../ports.ts';

/** One row as it is stored: section, key, canonical or not, its JSON. */
export type StoredRow = readonly [section: string, key: string, body: string];
export type RowKey = { readonly section: string; readonly key: string };

export type PolicyStoreData = { readonly dir: string };

export type PolicyStoreTable = {
  readonly head: {
    readonly args: undefined;
    readonly value: { readonly policy: PolicyHead | undefined; readonly signed: SignedKept };
  };
  /** A JSON array of rows above `after`, and where to go on; undefined = no more. */
  readonly rows: {
    readonly args: { readonly after: RowKey };
    readonly value: { readonly text: string; readonly next: RowKey } | undefined;
  };
  readonly beginReplace: { readonly args: undefined; readonly value: void };
  readonly putRows: { readonly args: readonly StoredRow[]; readonly value: void };
  readonly endReplace: { readonly args: PolicyHead; readonly value: void };
  readonly apply: {
    readonly args: {
      readonly head: PolicyHead;
      readonly put: readonly StoredRow[];
      readonly del: readonly RowKey[];
    };
    readonly value: void;
  };
  readonly saveKeys: { readonly args: string; readonly value: void };
  readonly addRevocations: { readonly args: readonly string[]; readonly value: void };
  readonly keepProfile: { readonly args: ProfileKept; readonly value: void };
  readonly saveFloor: { readonly args: number; readonly value: void };
  readonly close: { readonly args: undefined; readonly value: void };
};
