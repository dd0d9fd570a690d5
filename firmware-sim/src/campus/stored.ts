import type { Database } from '@gatehouse/cloud';

/** What the database holds when all has drained. */
export type Stored = {
  readonly events: readonly StoredEvent[];
  readonly gaps: readonly {
    readonly epoch: string;
    readonly stream: string;
    readonly from: number;
    readonly to: number;
    readonly why: string;
  }[];
  readonly cursors: readonly {
    readonly epoch: string;
    readonly stream: string;
    readonly cursor: number;
  }[];
  readonly feed: readonly number[];
  readonly consumers: readonly { readonly name: string; readonly pos: number }[];
  /** Items and batches that were set aside. */
  readonly setAside: number;
  /** Commands that have not come to an end. */
  readonly commandsOpen: number;
  /** Of the gateway that is furthest behind. */
  readonly policy: { readonly held: number; readonly newest: number } | undefined;
};

export type StoredEvent = {
  /** As `eventId` names it. */
  readonly id: string;
  readonly kind: string;
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** Body of the pass that is its evidence, hex. */
  readonly pass: string | null;
};

type EventRow = Omit<StoredEvent, 'atMs'> & { readonly at: Date };

export const readStored = async (db: Pick<Database, 'query'>): Promise<Stored> => {
  const events = await db.query<EventRow>(
    `select concat_ws('.', e.gateway, e.epoch, e.stream, e.seq) as id, e.kind, e.at, e.data,
       encode(substr(v.pass, 1, 17), 'hex') as pass
     from event e left join evidence v using (gateway, epoch, stream, seq)
     order by e.epoch, e.stream, e.seq, e.at`,
  );
  const feed = await db.query<{ pos: number }>('select pos from feed order by pos');
  const [aside] = await db.query<{ n: number; open: number }>(
    `select (select count(*) from consumer_quarantine)
       + (select count(*) from quarantined_batch) as n,
       (select count(*) from command where state in ('accepted', 'at_gateway', 'sent')) as open`,
  );
  const [policy] = await db.query<{ held: number; newest: number }>(
    `select (s.held ->> 'policyVersion')::int8 as held, h.version as newest
     from gateway_status s join policy_head h using (gateway)
     order by h.version - (s.held ->> 'policyVersion')::int8 desc nulls first, gateway limit 1`,
  );
  return {
    events: events.map(({ at, ...row }) => ({ ...row, atMs: at.getTime() })),
    gaps: await db.query(
      `select epoch, stream, from_seq as "from", to_seq as "to", why from gap
       order by epoch, stream, from_seq`,
    ),
    cursors: await db.query('select epoch, stream, cursor from cursor order by epoch, stream'),
    feed: feed.map(({ pos }) => pos),
    consumers: await db.query('select name, pos from consumer order by name'),
    setAside: aside?.n ?? 0,
    commandsOpen: aside?.open ?? 0,
    policy,
  };
};
