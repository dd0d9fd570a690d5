import type { PolicyRowOf, Primitives, Reason, Side } from '@gatehouse/protocols';
import { createMarks } from '../access/marks.ts';
import { createPins } from '../access/pins.ts';
import { createScans } from '../access/scans.ts';
import type { Reader } from '../access/doorway.ts';
import { pinHashAtOnce } from '../adapters/pin-hash.ts';
import { createPrimitives } from '../adapters/primitives.ts';
import { createClaims } from '../claim/claims.ts';
import { createConditions } from '../conditions.ts';
import { stampEvents } from '../events.ts';
import { createRoster } from '../policy/roster.ts';
import { createRevocations } from '../policy/trust.ts';
import type { ClaimPorts, Clock } from '../ports.ts';
import { createTimeKeeper } from '../time-keeper.ts';
import { createMemoryJournal } from './memory-journal.ts';
import type { MemoryJournal } from './memory-journal.ts';
import { createSilentLog } from './silent-log.ts';
import { policyRows } from './small-campus.ts';

type ClaimRow = PolicyRowOf<'claim'>;

/** For tests: the first is the authority. */
export const claimGroup = (...members: readonly string[]): ClaimRow => ({
  ...{ section: 'claim', id: 'east', host: '127.0.0.1', port: 8884 },
  authority: members[0] ?? '',
  members: [...members],
});

export type GroupGatewayOptions = {
  readonly gateway: string;
  readonly clock: Clock;
  readonly claims: ClaimPorts;
  readonly group: ClaimRow;
  /** Of the run before, which kept what it had committed. */
  readonly journal?: MemoryJournal;
  readonly rows?: typeof policyRows;
  readonly primitives?: Primitives;
};

/** For tests: the way of a scan in one gateway of a claim group, with doors that only count. */
export const createGroupGateway = (options: GroupGatewayOptions) => {
  const { gateway, clock, group, rows = policyRows } = options;
  const journal = options.journal ?? createMemoryJournal(gateway);
  const { primitives = createPrimitives() } = options;
  const roster = createRoster(primitives);
  for (const row of rows) roster.put(row);
  const marks = createMarks();
  marks.load([...journal.marks.values()]);
  const conditions = createConditions(clock.nowMs, () => undefined);
  const timeSigns = () => Promise.resolve({ synchronised: true, rtc: true });
  const time = createTimeKeeper({ clock, timeSigns });
  let seed = [...gateway].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7) % 60_000;
  const random = (length: number): Uint8Array => {
    seed += 1;
    return new Uint8Array(length).map((_, i) => (seed >> (8 * (i % 3))) & 0xff);
  };
  const log = createSilentLog();
  const revocations = createRevocations();
  const shared = { gateway, marks, conditions, fenceMs: time.fenceMs };
  const claims = createClaims({
    ...shared,
    quality: time.quality,
    ports: { clock, journal: journal.port, primitives, random, claims: options.claims, log },
    keeper: { roster: () => roster, revocations },
    onChange: () => undefined,
  });
  const opened: string[] = [];
  const shown: string[] = [];
  const held = { keysSerial: 1, policyEpoch: 1, policyVersion: 1 };
  const scans = createScans({
    ...shared,
    time: time.reading,
    ports: { clock, journal: journal.port, primitives },
    keeper: {
      held: () => ({ ...held, revocationEpoch: 0, revocation: 0 }),
      roster: () => roster,
      revocations,
      ageMs: () => 0,
    },
    claims,
    pins: createPins({ ports: { clock, log, pinHash: pinHashAtOnce }, roster: () => roster }),
    door: () => ({
      ready: () => true,
      unlock: ({ cause }) => {
        opened.push(cause);
        return Promise.resolve('confirmed');
      },
    }),
    event: stampEvents(clock, time.quality),
    owed: () => undefined,
  });
  time.start(() => time.fence(clock.nowMs()));
  roster.put(group);
  claims.onPolicy();
  const reader = (id: string, side: Side): Reader => ({
    ...{ id, side, door: 'lab' },
    show: (reason: Reason) => void shown.push(reason),
  });
  return {
    ...{ gateway, journal, marks, conditions, time, claims, opened, shown, revocations },
    scan: (text: string, side: Side = 'entry', id = `${gateway}-in`) =>
      scans.onCode(reader(id, side), text),
    /** Decisions of the journal: basis, reason, and `?` where provisional. */
    decisions: () =>
      journal.events().flatMap(({ data }) => {
        if (!('basis' in data)) return [];
        return [`${data.basis} ${data.reason}${data.provisional === true ? '?' : ''}`];
      }),
    regroup: (row: ClaimRow) => {
      roster.put(row);
      claims.onPolicy();
    },
    stop: async () => {
      time.stop();
      await claims.stop();
    },
  };
};
export type GroupGateway = ReturnType<typeof createGroupGateway>;
