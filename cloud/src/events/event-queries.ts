import { eventKinds, fromBase64Url, parseEventId, toBase64Url, utf8 } from '@gatehouse/protocols';
import type { EventPage, EventRef, EventView, FeedItem, Role } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';
import { eventView, maySeeKind, readingKind, selectEvents } from './event-views.ts';
import type { EventRow } from './event-views.ts';

export const pageEventsMax = 200;

/** What a person asks to see; all that is given must fit. */
export type EventFilter = {
  /** Hides the kinds that it may not see. */
  readonly role: Role;
  readonly door?: string;
  readonly device?: string;
  /** Only what happened at these doors: the reach of somebody who may not see all of them. */
  readonly doors?: readonly string[];
  /** uuid */
  readonly person?: string;
  readonly kind?: string;
  readonly result?: 'granted' | 'denied';
  /** `before` of the page above. */
  readonly before?: string;
  /** At most `pageEventsMax`. */
  readonly limit: number;
};

/** The range of one feed item of an ingested batch. */
export type BatchRange = Omit<Extract<FeedItem['what'], { kind: 'batch' }>, 'kind'>;

type Condition = readonly [sql: (n: number) => string, value: unknown];

const resultKinds = { granted: 'access.granted', denied: 'access.denied' } as const;

const hiddenKinds = (role: Role): readonly string[] =>
  Object.keys(eventKinds).filter((kind) => !maySeeKind(role, kind));

const conditionsOf = (filter: EventFilter): readonly Condition[] => {
  const { door, device, doors, person, kind, result } = filter;
  const hidden = hiddenKinds(filter.role).concat(kind === readingKind ? [] : readingKind);
  const rows: readonly (Condition | undefined)[] = [
    door === undefined ? undefined : [(n) => `e.door = $${n}`, door],
    device === undefined ? undefined : [(n) => `e.device = $${n}`, device],
    doors === undefined ? undefined : [(n) => `e.door = any ($${n}::text[])`, doors],
    person === undefined ? undefined : [(n) => `e.person = $${n}::uuid`, person],
    kind === undefined ? undefined : [(n) => `e.kind = $${n}`, kind],
    result === undefined ? undefined : [(n) => `e.kind = $${n}`, resultKinds[result]],
    hidden.length === 0 ? undefined : [(n) => `e.kind <> all ($${n}::text[])`, hidden],
  ];
  return rows.filter((row) => row !== undefined);
};

/** The last row of a page: everything below it is the next one. */
type Edge = EventRef & { readonly atMs: number };

const writeEdge = ({ gateway, epoch, stream, seq, atMs }: Edge): string =>
  toBase64Url(utf8(`${atMs}/${gateway}.${epoch}.${stream}.${seq}`));

/** @throws CloudError CL_BAD_REQUEST */
const readEdge = (text: string): Edge => {
  const [at = '', id = '', ...rest] = new TextDecoder()
    .decode(fromBase64Url(text) ?? new Uint8Array())
    .split('/');
  const ref = parseEventId(id);
  const atMs = /^[0-9]{1,15}$/.test(at) ? Number(at) : undefined;
  if (ref === undefined || atMs === undefined || rest.length > 0) {
    throw new CloudError('CL_BAD_REQUEST', 'before');
  }
  return { ...ref, atMs };
};

/** Below the edge in the order of `event_newest`: `at` falls, the rest of the key rises. */
const belowEdge = (n: number): string =>
  `e.at <= $${n}::timestamptz and (e.at < $${n}::timestamptz
     or (e.gateway, e.epoch, e.stream, e.seq)
       > ($${n + 1}, $${n + 2}, $${n + 3}, $${n + 4}::int8))`;

/** Newest first by the time at which things happened; a page goes on where the one before ended. */
export const eventPage = async (db: Queryable, filter: EventFilter): Promise<EventPage> => {
  const limit = Math.min(filter.limit, pageEventsMax);
  const conditions = conditionsOf(filter);
  const where = conditions.map(([sql], i) => sql(i + 1));
  const values = conditions.map(([, value]) => value);
  if (filter.before !== undefined) {
    const { atMs, gateway, epoch, stream, seq } = readEdge(filter.before);
    where.push(belowEdge(values.length + 1));
    values.push(new Date(atMs), gateway, epoch, stream, seq);
  }
  values.push(limit + 1);
  const rows = await db.query<EventRow>(
    `${selectEvents}
     ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
     order by e.at desc, e.gateway, e.epoch, e.stream, e.seq
     limit $${values.length}`,
    values,
  );
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    events: shown.map(eventView),
    before: last === undefined ? null : writeEdge({ ...last, atMs: last.at.getTime() }),
  };
};

/** The events that one batch added, but for readings, in the order in which they happened. */
export const eventsOfBatch = async (
  db: Queryable,
  { gateway, epoch, stream, from, to }: BatchRange,
): Promise<readonly EventView[]> => {
  const rows = await db.query<EventRow>(
    `${selectEvents}
     where e.gateway = $1 and e.epoch = $2 and e.stream = $3 and e.seq between $4 and $5
       and e.kind <> $6
     order by e.seq`,
    [gateway, epoch, stream, from, to, readingKind],
  );
  return rows.map(eventView);
};
