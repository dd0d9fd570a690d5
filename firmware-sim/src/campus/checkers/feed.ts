import type { Checker } from './journal.ts';

/** Positions 1, 2, 3 … and nobody behind, nothing set aside. */
export const feedIsWhole: Checker = ({ stored }) => {
  const { feed, consumers, setAside, commandsOpen, policy } = stored;
  const hole = feed.findIndex((pos, i) => pos !== i + 1);
  const head = feed.at(-1) ?? 0;
  return [
    ...(hole < 0 ? [] : [`the feed has a hole before ${feed[hole] ?? 0}`]),
    ...consumers
      .filter(({ pos }) => pos !== head)
      .map(({ name, pos }) => `${name} stands at ${pos} of ${head}`),
    ...(consumers.length === 0 ? ['nobody reads the feed'] : []),
    ...(setAside === 0 ? [] : [`${setAside} items or batches were set aside`]),
    ...(commandsOpen === 0 ? [] : [`${commandsOpen} commands have not ended`]),
    ...(policy !== undefined && policy.held === policy.newest
      ? []
      : [`the gateway holds policy ${policy?.held ?? 0} of ${policy?.newest ?? 0}`]),
  ];
};

/** The cloud has all that the journal holds, and says so. */
export const cursorsAreHeads: Checker = ({ stored, positions }) => {
  const cursors = new Map(stored.cursors.map((c) => [`${c.epoch}.${c.stream}`, c.cursor]));
  return positions.flatMap(({ epoch, stream, head, acknowledged }) => {
    const cursor = cursors.get(`${epoch}.${stream}`) ?? 0;
    const place = `${epoch}.${stream}`;
    return [
      ...(cursor >= head ? [] : [`${place}: the cloud has ${cursor} of ${head}`]),
      ...(acknowledged >= head ? [] : [`${place}: ${acknowledged} of ${head} acknowledged`]),
    ];
  });
};

/** Up to its cursor the database has an event or a declared hole for each number. */
export const cursorsAreCovered: Checker = ({ stored }) =>
  stored.cursors.flatMap(({ epoch, stream, cursor }) => {
    const have = new Set<number>();
    for (const { id } of stored.events) {
      const [, ofEpoch, ofStream, seq] = id.split('.');
      if (ofEpoch === epoch && ofStream === stream) have.add(Number(seq));
    }
    for (const gap of stored.gaps) {
      if (gap.epoch !== epoch || gap.stream !== stream) continue;
      for (let seq = gap.from; seq <= gap.to; seq += 1) have.add(seq);
    }
    const missing = Array.from({ length: cursor }, (_, i) => i + 1).filter((s) => !have.has(s));
    return missing.length === 0 ? [] : [`${epoch}.${stream} lacks ${missing.join(', ')}`];
  });
