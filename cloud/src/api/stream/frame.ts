import type {
  ChangeView,
  CommandView,
  ConditionView,
  DeviceView,
  DoorView,
  EventView,
  FeedItem,
  GatewayView,
  InsideView,
  NoticeView,
  UseView,
} from '@gatehouse/protocols';
import { eventsOfBatch } from '../../events/event-queries.ts';
import type { BatchRange } from '../../events/event-queries.ts';
import { insideViews } from '../../events/passages.ts';
import { usesOfBatch } from '../../events/uses.ts';
import { commandViews } from '../../fleet/command-rows.ts';
import { deviceViews } from '../../fleet/device-views.ts';
import type { Profiles } from '../../fleet/profiles.ts';
import { createFleetViews } from '../../fleet/views.ts';
import type { FleetViews } from '../../fleet/views.ts';
import { noticesById } from '../../identity/notices.ts';
import type { Clock, Queryable } from '../../ports.ts';

export type FrameSources = {
  readonly database: Queryable;
  readonly nowMs: () => number;
  readonly fleet: FleetViews;
  readonly profiles: Profiles;
};

export const frameSources = (parts: {
  readonly database: Queryable;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly profiles: Profiles;
}): FrameSources => ({
  database: parts.database,
  nowMs: parts.clock.nowMs,
  fleet: createFleetViews(parts.clock),
  profiles: parts.profiles,
});

/** What a stretch of the feed means to screens and phones, made once for all who listen. */
export type Frame = {
  /** It says what came after `from`, up to and including `pos`. */
  readonly from: number;
  readonly pos: number;
  readonly events: readonly EventView[];
  readonly doors: readonly DoorView[];
  readonly gateways: readonly GatewayView[];
  readonly conditions: readonly ConditionView[];
  readonly cleared: readonly string[];
  readonly inside: readonly InsideView[];
  readonly commands: readonly CommandView[];
  readonly devices: readonly DeviceView[];
  /** Uses by card. */
  readonly uses: ReadonlyMap<string, readonly UseView[]>;
  /** What people were told, or have read, by person. */
  readonly notices: ReadonlyMap<string, readonly NoticeView[]>;
  /** Cards that were changed in the cloud. */
  readonly cards: ReadonlySet<string>;
  /** Jobs over many cards that moved. */
  readonly jobs: ReadonlySet<string>;
  /** Some gateway now holds more of policy or revocations than before. */
  readonly spreadMoved: boolean;
  /** Cards look different now. */
  readonly faceMoved: boolean;
  readonly passed: boolean;
  readonly twins: boolean;
};

export type RawFrame = Omit<Frame, 'from' | 'pos'> & {
  /** The gateways whose doors and conditions stand above in full, whether changed or not. */
  readonly touched: readonly string[];
};

const batchOf = ({ what }: FeedItem): readonly BatchRange[] =>
  what.kind === 'batch' ? [what] : [];

const textOf = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : []);

const gatewayOf = ({ what }: FeedItem): readonly string[] => {
  if (what.kind === 'twin') return [what.gateway];
  // A use in doubt stands among the conditions of its gateway until somebody closes it.
  const isUse = what.kind === 'domain' && what.name.startsWith('use.');
  return isUse ? textOf(what.data['gateway']) : [];
};

/** Such a change may add a revocation, the newest of which every gateway's view names. */
const movesNewest = ({ what }: FeedItem): boolean =>
  what.kind === 'domain' && /^(?:cards?|credential|gateway|campus)\./.test(what.name);

const movesFace = ({ what }: FeedItem): boolean =>
  what.kind === 'domain' && what.name.startsWith('face.');

const cardsOf = ({ what }: FeedItem): readonly string[] =>
  what.kind === 'domain' && /^(?:card|credential)\./.test(what.name)
    ? textOf(what.data['card'])
    : [];

const jobOf = ({ what }: FeedItem): readonly string[] =>
  what.kind === 'domain' && /^(?:cards|bulk)\./.test(what.name) ? [what.subject] : [];

const noticesIn = ({ what }: FeedItem): readonly string[] =>
  what.kind === 'domain' && what.name.startsWith('notice.')
    ? [what.data['notices']].flat().flatMap(textOf)
    : [];

const commandOf = ({ what }: FeedItem): readonly string[] =>
  what.kind === 'domain' && what.name.startsWith('command.') ? [what.subject] : [];

/** The id of the condition that an event says is over. */
const clearedBy = ({ kind, gateway, data }: EventView): readonly string[] =>
  kind === 'condition.cleared'
    ? textOf(data['code']).flatMap((code) =>
        textOf(data['subject']).map((subject) => `${gateway}/${code}/${subject}`),
      )
    : [];

const passes = ({ kind }: EventView): boolean => kind === 'access.taken';

const mergeUses = (
  all: readonly ReadonlyMap<string, readonly UseView[]>[],
): ReadonlyMap<string, readonly UseView[]> => {
  const merged = new Map<string, UseView[]>();
  for (const uses of all) {
    for (const [card, added] of uses) merged.set(card, [...(merged.get(card) ?? []), ...added]);
  }
  return merged;
};

type FleetRows = Pick<RawFrame, 'doors' | 'gateways' | 'conditions'>;

export const readFleet = async ({ database, fleet }: FrameSources): Promise<FleetRows> => ({
  doors: await fleet.doors(database),
  gateways: await fleet.gateways(database),
  conditions: await fleet.conditions(database),
});

const readTouched = async (
  { database, fleet }: FrameSources,
  gateways: readonly string[],
  newestMoved: boolean,
): Promise<FleetRows> => {
  const isTouched = gateways.length > 0;
  return {
    doors: isTouched ? await fleet.doors(database, gateways) : [],
    // What is newest changes for all of them, held or not.
    gateways:
      isTouched || newestMoved
        ? await fleet.gateways(database, newestMoved ? undefined : gateways)
        : [],
    conditions: isTouched ? await fleet.conditions(database, gateways) : [],
  };
};

/** Reads what these items brought; rows of touched gateways come in full. */
export const readFrame = async (
  sources: FrameSources,
  items: readonly FeedItem[],
): Promise<RawFrame> => {
  const { database } = sources;
  const batches = items.flatMap(batchOf);
  const events: EventView[] = [];
  const uses: ReadonlyMap<string, readonly UseView[]>[] = [];
  for (const batch of batches) {
    const added = await eventsOfBatch(database, batch);
    events.push(...added);
    const hasUse = added.some(({ kind }) => kind.startsWith('access.'));
    if (hasUse) uses.push(await usesOfBatch(database, batch));
  }
  const touched = [...new Set(items.flatMap(gatewayOf))];
  const state = await readTouched(sources, touched, items.some(movesNewest));
  const commands = [...new Set(items.flatMap(commandOf))];
  const devices = touched.length === 0 ? [] : await readDevices(sources, touched);
  const active = new Set(state.conditions.map(({ id }) => id));
  return {
    ...state,
    devices,
    events,
    touched,
    // It may have been raised again since.
    cleared: [...new Set(events.flatMap(clearedBy))].filter((id) => !active.has(id)),
    inside: [],
    commands: commands.length === 0 ? [] : await commandViews(database, commands),
    uses: mergeUses(uses),
    notices: await noticesById(database, [...new Set(items.flatMap(noticesIn))]),
    cards: new Set(items.flatMap(cardsOf)),
    jobs: new Set(items.flatMap(jobOf)),
    spreadMoved: touched.length > 0,
    faceMoved: items.some(movesFace),
    passed: events.some(passes),
    twins: touched.length > 0,
  };
};

export const readDevices = (
  { database, profiles }: FrameSources,
  gateways?: readonly string[],
): Promise<readonly DeviceView[]> => deviceViews(database, profiles, gateways);

export const readInside = ({ database, nowMs }: FrameSources): Promise<readonly InsideView[]> =>
  insideViews(database, nowMs());

export const isEmptyFrame = (frame: Omit<Frame, 'from' | 'pos'>): boolean =>
  [
    frame.events,
    frame.doors,
    frame.gateways,
    frame.conditions,
    frame.cleared,
    frame.inside,
    frame.commands,
    frame.devices,
  ].every(({ length }) => length === 0) &&
  frame.uses.size === 0 &&
  frame.notices.size === 0 &&
  frame.cards.size === 0 &&
  frame.jobs.size === 0 &&
  !frame.spreadMoved &&
  !frame.faceMoved;

const full = <Row>(rows: readonly Row[]): Row[] | undefined =>
  rows.length === 0 ? undefined : [...rows];

/** Only what there is: what a message does not name is unchanged. */
export const changeView = (
  parts: Pick<
    Frame,
    'events' | 'doors' | 'gateways' | 'conditions' | 'cleared' | 'inside' | 'commands' | 'devices'
  >,
): ChangeView => {
  const { events, doors, gateways, conditions, cleared, inside, commands, devices } = parts;
  const named = Object.entries({
    events: full(events),
    doors: full(doors),
    gateways: full(gateways),
    conditions: full(conditions),
    cleared: full(cleared),
    inside: full(inside),
    commands: full(commands),
    devices: full(devices),
  }).filter(([, rows]) => rows !== undefined);
  return Object.fromEntries(named);
};
