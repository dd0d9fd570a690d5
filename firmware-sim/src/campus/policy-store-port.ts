import type { PolicyHead, PolicyStore, ProfileKept } from '@gatehouse/gateway';
import { policyKey } from '@gatehouse/protocols';
import type { PolicyRow } from '@gatehouse/protocols';
import type { Life } from './life.ts';
import type { Timeline } from './timeline.ts';

/** What a gateway's policy files hold: outlives power cuts, each change whole or not at all. */
export type PolicyCard = {
  head: PolicyHead | undefined;
  rows: ReadonlyMap<string, PolicyRow>;
  keys: string | undefined;
  revocations: readonly string[];
  profiles: ReadonlyMap<string, ProfileKept>;
  floorMs: number;
};

export const emptyPolicyCard = (): PolicyCard => ({
  head: undefined,
  rows: new Map(),
  keys: undefined,
  revocations: [],
  profiles: new Map(),
  floorMs: 0,
});

const writeMs = 4;
const keyOf = (row: PolicyRow): string => `${row.section}/${policyKey(row)}`;

export const createPolicyStorePort = (options: {
  readonly card: PolicyCard;
  readonly life: Life;
  readonly timeline: Timeline;
}): PolicyStore => {
  const { card, life, timeline } = options;
  /** A power cut while it is written leaves what was there before. */
  const write = (change: () => void): Promise<void> =>
    life.mine(
      timeline.wait(writeMs).then(() => {
        if (!life.isOver()) change();
      }),
    );
  return {
    load: async (take) => {
      await life.mine(timeline.wait(writeMs));
      take([...card.rows.values()]);
      const signed = {
        revocations: card.revocations,
        profiles: [...card.profiles.values()],
        ...(card.keys === undefined ? {} : { keys: card.keys }),
        floorMs: card.floorMs,
      };
      return { policy: card.head, signed };
    },
    replace: async (head, chunks) => {
      const rows = new Map<string, PolicyRow>();
      for await (const chunk of chunks) for (const row of chunk) rows.set(keyOf(row), row);
      await write(() => Object.assign(card, { head, rows }));
    },
    apply: (head, { put, del }) => {
      const rows = new Map(card.rows);
      for (const { section, key } of del) rows.delete(`${section}/${key}`);
      for (const row of put) rows.set(keyOf(row), row);
      return write(() => Object.assign(card, { head, rows }));
    },
    saveKeys: (keys) => write(() => Object.assign(card, { keys })),
    addRevocations: (jws) =>
      write(() => {
        card.revocations = [...card.revocations, ...jws];
      }),
    keepProfile: (kept) =>
      write(() => {
        card.profiles = new Map(card.profiles).set(kept.id, kept);
      }),
    saveFloor: (floorMs) => write(() => Object.assign(card, { floorMs })),
    close: () => Promise.resolve(),
  };
};
