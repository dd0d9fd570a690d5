import { policyKey } from '@gatehouse/protocols';
import type { PolicyRow } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';
import type { PolicyHead, PolicyStore, ProfileKept } from '../ports.ts';

export type MemoryPolicyStore = {
  readonly port: PolicyStore;
  readonly rows: Map<string, PolicyRow>;
  readonly revocations: string[];
  readonly profiles: Map<string, ProfileKept>;
  head: PolicyHead | undefined;
  keys: string | undefined;
  floorMs: number | undefined;
  fails: boolean;
};

/** A policy store for tests: what it holds outlives the gateway that wrote it. */
export const createMemoryPolicyStore = (): MemoryPolicyStore => {
  const rows = new Map<string, PolicyRow>();
  const revocations: string[] = [];
  const profiles = new Map<string, ProfileKept>();
  const put = (row: PolicyRow): void => void rows.set(`${row.section} ${policyKey(row)}`, row);
  const check = (): void => {
    if (store.fails) throw new GatewayError('GW_POLICY_STORE', 'no disk');
  };
  const store: MemoryPolicyStore = {
    rows,
    revocations,
    profiles,
    head: undefined,
    keys: undefined,
    floorMs: undefined,
    fails: false,
    port: {
      load: async (take) => {
        await Promise.resolve();
        check();
        take([...rows.values()]);
        const { keys } = store;
        const signed = { ...(keys === undefined ? {} : { keys }), revocations: [...revocations] };
        const floor = store.floorMs === undefined ? {} : { floorMs: store.floorMs };
        const kept = { ...signed, profiles: [...profiles.values()], ...floor };
        return { policy: store.head, signed: kept };
      },
      replace: async (head, chunks) => {
        check();
        rows.clear();
        for await (const chunk of chunks) chunk.forEach(put);
        store.head = head;
      },
      apply: async (head, change) => {
        await Promise.resolve();
        check();
        for (const { section, key } of change.del) rows.delete(`${section} ${key}`);
        change.put.forEach(put);
        store.head = head;
      },
      saveKeys: async (jws) => {
        await Promise.resolve();
        check();
        store.keys = jws;
      },
      addRevocations: async (jws) => {
        await Promise.resolve();
        check();
        revocations.push(...jws);
      },
      keepProfile: async (kept) => {
        await Promise.resolve();
        check();
        profiles.set(kept.id, kept);
      },
      saveFloor: async (atMs) => {
        await Promise.resolve();
        check();
        store.floorMs = atMs;
      },
      close: () => Promise.resolve(),
    },
  };
  return store;
};
