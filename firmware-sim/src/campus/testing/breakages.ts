import type { Database } from '@gatehouse/cloud';
import type { Append, ClaimPorts, Clock, Journal, ModbusPorts } from '@gatehouse/gateway';
import { place } from '../places.ts';
import type { CheckerName } from '../record.ts';
import type { Breakage } from '../world.ts';

/** A way to break gateway or cloud through a port, and the checker that has to see it. */
export type Case = {
  readonly what: string;
  readonly breakage: () => Breakage;
  readonly seenBy: CheckerName;
  /** It is the authority of its claim group: nobody else remembers for it. */
  readonly isAuthority?: boolean;
};

const isGrant = ({ events }: Append): boolean =>
  events.some(({ kind }) => kind === 'access.granted');

/** One grant never leaves; the batch says that it is lost. */
const hidesGrant = (port: Journal): Journal => ({
  ...port,
  read: async (options) => {
    const slice = await port.read(options);
    const hidden = slice?.events.find(({ kind }) => kind === 'access.granted');
    if (slice === undefined || hidden === undefined) return slice;
    const { seq } = hidden;
    return {
      ...slice,
      events: slice.events.filter((event) => event !== hidden),
      lost: [...slice.lost, { from: seq, to: seq, journalClass: 'door', why: 'pruned' }],
    };
  },
});

const writesGrantsTwice = (port: Journal): Journal => ({
  ...port,
  append: (append) =>
    port.append(
      isGrant(append) ? { ...append, events: [...append.events, ...append.events] } : append,
    ),
});

const acknowledgesUnwritten = (port: Journal): Journal => {
  let seq = 1_000;
  return {
    ...port,
    append: (append) => {
      if (!isGrant(append)) return port.append(append);
      seq += 1;
      const ref = { gateway: place.gateway, epoch: 'ffffffff', stream: 'main', seq } as const;
      return Promise.resolve({ ok: true, refs: [ref] });
    },
  };
};

/** A journal that neither keeps marks nor says that they are missing. */
const forgetsMarks = (port: Journal): Journal => ({
  ...port,
  open: async () => ({ ...(await port.open()), clean: true, fenceMs: 0, marks: [] }),
  append: ({ mark: _, ...append }) => port.append(append),
});

/** Whatever the authority says, it is heard as a grant. */
const hearsGrants = (port: ClaimPorts): ClaimPorts => ({
  ...port,
  connect: async (options) => {
    const connection = await port.connect(options);
    const granted = (payload: Uint8Array): Uint8Array => {
      const text = new TextDecoder().decode(payload);
      return new TextEncoder().encode(text.replace('"used"', '"granted"'));
    };
    return {
      ...connection,
      onAnswer: (run) => connection.onAnswer((payload) => run(granted(payload))),
    };
  },
});

const neverSwitchesOff = (port: ModbusPorts): ModbusPorts => ({
  open: async (options) => {
    const line = await port.open(options);
    return {
      ...line,
      write: (ask) => (ask.table === 'coil' ? Promise.resolve() : line.write(ask)),
    };
  },
});

const leavesTimer = (port: Clock): Clock => {
  const again = (): void => void port.after(60_000, again);
  again();
  return port;
};

const leavesHole = (port: Database): Database => {
  let items = 0;
  return {
    ...port,
    transaction: (run) =>
      port.transaction((tx) =>
        run({
          query: (text, values) => {
            if (!text.includes('insert into feed')) return tx.query(text, values);
            items += 1;
            return tx.query(items === 5 ? text.replace('0) + 1', '0) + 2') : text, values);
          },
        }),
      ),
  };
};

/** The cloud counts an acknowledged batch and drops its events. */
const dropsEvents = (port: Database): Database => ({
  ...port,
  transaction: (run) =>
    port.transaction((tx) =>
      run({
        query: (text, values) =>
          text.includes('insert into event') ? Promise.resolve([]) : tx.query(text, values),
      }),
    ),
});

export const cases: readonly Case[] = [
  {
    what: 'a gateway that keeps a grant to itself',
    breakage: () => ({ journal: hidesGrant }),
    seenBy: 'no event lost or doubled',
  },
  {
    what: 'a cloud that acknowledges what it drops',
    breakage: () => ({ database: dropsEvents }),
    seenBy: 'no event lost or doubled',
  },
  {
    what: 'a journal that writes each grant twice',
    breakage: () => ({ journal: writesGrantsTwice }),
    seenBy: 'no event lost or doubled',
  },
  {
    what: 'a journal that acknowledges what it has not written',
    breakage: () => ({ journal: acknowledgesUnwritten }),
    seenBy: 'no unlock without a cause',
  },
  {
    what: 'a head at the way out that is configured as one at the way in',
    breakage: () => ({ exitHeadIsEntry: true }),
    seenBy: 'exit never refused',
  },
  {
    what: 'a gateway that does not write a coil off',
    breakage: () => ({ modbus: neverSwitchesOff }),
    seenBy: 'door returns to locked',
  },
  {
    what: 'a journal that forgets which passes were used',
    breakage: () => ({ journal: forgetsMarks }),
    isAuthority: true,
    seenBy: 'one pass opens once',
  },
  {
    what: 'a member that hears of a grant where there is none',
    breakage: () => ({ claims: hearsGrants }),
    seenBy: 'one pass opens once in the group',
  },
  {
    what: 'a feed with a hole',
    breakage: () => ({ database: leavesHole }),
    seenBy: 'feed whole and read',
  },
  {
    what: 'a gateway that leaves a timer',
    breakage: () => ({ clock: leavesTimer }),
    seenBy: 'nothing left running',
  },
  {
    what: 'a gateway that believes no signature',
    breakage: () => ({ primitives: (port) => ({ ...port, verify: () => false }) }),
    seenBy: 'works again',
  },
];
