import type { NewEvent } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { createReadyBuilding } from '../testing/building.ts';
import { pinHashAtOnce } from '../adapters/pin-hash.ts';
import { createPrimitives } from '../adapters/primitives.ts';
import { createConditions } from '../conditions.ts';
import { stampEvents } from '../events.ts';
import { createRoster } from '../policy/roster.ts';
import { createRevocations } from '../policy/trust.ts';
import { createMemoryJournal } from '../testing/memory-journal.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { people, policyRows, tuesdayTenMs } from '../testing/small-campus.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createMarks } from './marks.ts';
import { createPins } from './pins.ts';
import { createScans } from './scans.ts';
import type { Unlocked } from './doorway.ts';

const iat = Math.floor(tuesdayTenMs / 1000);
/** Another character in the signature. */
const flipped = (text: string): string =>
  `${text.slice(0, 60)}${text[60] === 'A' ? 'B' : 'A'}${text.slice(61)}`;
const texts: Readonly<Record<string, string>> = {
  A: people.staff.phone.text({ iat, counter: 1 }),
  /** The same phone, renewed. */
  B: people.staff.phone.text({ iat: iat + 1, counter: 2 }),
  /** Somebody else. */
  C: people.phone.phone.text({ iat, counter: 1 }),
  /** Somebody without a right. */
  D: people.visitor.phone.text({ iat, counter: 1 }),
  E: people.visitor.phone.text({ iat, counter: 2 }),
  /** The first phone again: a call for help, the key on a second phone, a forgery, to pay. */
  H: people.staff.phone.text({ iat, counter: 3, audience: 'campus-01/duress' }),
  K: people.staff.phone.text({ iat: iat + 1, counter: 1 }),
  L: flipped(people.staff.phone.text({ iat, counter: 4 })),
  P: people.staff.phone.text({ iat, counter: 5, audience: 'campus-01/pay' }),
  x: 'https://example.org/menu',
};

type Answer = { readonly doorSays?: Unlocked; readonly answersAfterMs?: number };

/** Readers `1` and `2` before, `3` behind a door that opens for 3 s, as soon as it has answered. */
const createBench = ({ doorSays = 'confirmed', answersAfterMs = 0 }: Answer = {}) => {
  const clock = createVirtualClock(tuesdayTenMs);
  const journal = createMemoryJournal();
  const primitives = createPrimitives();
  const roster = createRoster(primitives);
  const revocations = createRevocations();
  for (const row of policyRows) roster.put(row);
  const shown: string[] = [];
  const bench = { unlocks: 0 };
  const late = () =>
    new Promise<Unlocked>((resolve) => {
      clock.after(answersAfterMs, () => resolve(doorSays));
    });
  const held = { keysSerial: 1, policyEpoch: 1, policyVersion: 1 };
  const scans = createScans({
    ports: { clock, journal: journal.port, primitives },
    gateway: 'gw-1',
    keeper: {
      held: () => ({ ...held, revocationEpoch: 0, revocation: 0 }),
      roster: () => roster,
      revocations,
      ageMs: () => 0,
    },
    marks: createMarks(),
    claims: {
      unasked: () => ({ basis: 'local' }),
      claim: () => Promise.resolve({ basis: 'local' }),
    },
    pins: createPins({
      ports: { clock, log: createSilentLog(), pinHash: pinHashAtOnce },
      roster: () => roster,
    }),
    conditions: createConditions(clock.nowMs, () => undefined),
    time: () => ({ atMs: clock.nowMs(), quality: 'trusted', unsureMs: 0, offMs: 0 }),
    fenceMs: () => undefined,
    door: () => ({
      ready: () => true,
      unlock: () => {
        bench.unlocks += 1;
        return answersAfterMs === 0 ? Promise.resolve(doorSays) : late();
      },
    }),
    event: stampEvents(clock, () => 'trusted'),
    owed: () => undefined,
  });
  const freeze = (): void => {
    const what = { kind: 'card.frozen', card: people.staff.card } as const;
    revocations.offer({ policyEpoch: 1, n: 1, at: tuesdayTenMs, what });
  };
  /**
   * `A1` = code A at reader 1; `+500` = half a second; `A1*40/5000` = 40 times within 5 s;
   * `freeze` = the card of A.
   */
  const play = async (script: string): Promise<void> => {
    for (const word of script.split(' ')) {
      const [, code = '', reader = '', times = '1', inMs = '0'] =
        /^([A-Px])([123])(?:\*(\d+)\/(\d+))?$/.exec(word) ?? [];
      if (word.startsWith('+')) await clock.advance(Number(word.slice(1)));
      if (word === 'freeze') freeze();
      for (let n = 0; code !== '' && n < Number(times); n += 1) {
        const show = (reason: string) => void shown.push(`${reader} ${reason}`);
        const side = reader === '3' ? ('exit' as const) : ('entry' as const);
        const scan = scans.onCode({ id: `r${reader}`, door: 'lab', side, show }, texts[code] ?? '');
        if (answersAfterMs === 0) await scan;
        else await clock.settle();
        if (Number(times) > 1) await clock.advance(Number(inMs) / Number(times));
      }
    }
  };
  return { play, journal, shown, bench };
};

const rowOf = ({ data }: NewEvent): string => {
  const repeats = 'repeats' in data ? `+${data.repeats ?? 0}` : '';
  return `${'reason' in data ? data.reason : ''}${repeats}`;
};

// what the scanners send | rows, with what was folded before | unlocks | what readers show
const table = `
  A1*40/4900                  | granted                   | 1 | 1 granted
  A1 +5001 A1                 | granted, used             | 1 | 1 granted, 1 used
  A1 A1 A1 +5001 A1           | granted, used+2           | 1 | 1 granted, 1 used
  A1 x1 A1 x1 A1 x1           | granted, not_a_pass       | 1 | 1 granted, 1 not_a_pass
  x1*20/2000                  | not_a_pass, not_a_pass+9  | 0 | 1 not_a_pass, 1 not_a_pass
  A1 A2                       | granted, used             | 1 | 1 granted, 2 used
  A1 B1                       | granted                   | 1 | 1 granted
  A1 +2999 B1                 | granted                   | 1 | 1 granted
  A1 +3000 B1                 | granted, granted          | 2 | 1 granted, 1 granted
  A1 +1000 B1 B1 A1 +2000 B1  | granted, granted+3        | 2 | 1 granted, 1 granted
  A1 B2                       | granted, granted          | 2 | 1 granted, 2 granted
  A1 C1                       | granted, granted          | 2 | 1 granted, 1 granted
  A1 C1 B1                    | granted, granted          | 2 | 1 granted, 1 granted
  A1 x1 B1                    | granted, not_a_pass       | 1 | 1 granted, 1 not_a_pass
  A1 D1 B1                    | granted, no_right         | 1 | 1 granted, 1 no_right
  A1 H1                       | granted, granted          | 2 | 1 granted, 1 granted
  A1 K1                       | granted, cloned           | 1 | 1 granted, 1 cloned
  A1 L1 B1                    | granted, bad_signature    | 1 | 1 granted, 1 bad_signature
  A1 P1                       | granted, wrong_kind       | 1 | 1 granted, 1 wrong_kind
  A1 freeze B1                | granted, frozen           | 1 | 1 granted, 1 frozen
  A1 B1 B2                    | granted, granted          | 2 | 1 granted, 2 granted
  A3 B3                       | granted, granted          | 2 | 3 granted, 3 granted
  D1*40/4900                  | no_right                  | 0 | 1 no_right
  D1 E1                       | no_right, no_right        | 0 | 1 no_right, 1 no_right
`
  .split('\n')
  .filter((line) => line.includes('|'))
  .map((line) => {
    const [script = '', rows = '', unlocks = '', shown = ''] = line
      .split('|')
      .map((cell) => cell.trim());
    return { script, rows, unlocks: Number(unlocks), shown };
  });

describe('one attempt is one decision, one row, one count', () => {
  it.each(table)('$script: $rows', async ({ script, rows, unlocks, shown }) => {
    const at = createBench();
    await at.play(script);
    expect(at.journal.events().map(rowOf).join(', ')).toBe(rows);
    expect(at.bench.unlocks).toBe(unlocks);
    expect(at.shown.join(', ')).toBe(shown);
  });

  it('the next code of a phone counts where the door did not open', async () => {
    const at = createBench({ doorSays: 'failed' });
    await at.play('A1 B1');
    expect(at.journal.events().map(rowOf)).toEqual(['granted', 'granted']);
  });

  it('the door is open to a phone from its answer on, and while it has not answered', async () => {
    const at = createBench({ answersAfterMs: 2_000 });
    await at.play('A1 +1000 B1 +1000 B1 +2900 B1');
    expect(at.journal.events().map(rowOf)).toEqual(['granted']);
    await at.play('+100 B1');
    expect(at.journal.events().map(rowOf)).toEqual(['granted', 'granted+3']);
  });

  it('takes no mark for a code that it folds', async () => {
    const at = createBench();
    await at.play('A1 B1');
    expect(at.journal.marks.get(people.staff.phone.credential)?.counter).toBe(1);
  });
});

describe('a scanner on its wire', () => {
  it('that sends half lines, twice the line end, and noise between is understood', async () => {
    const { gateway, clock, heads, cloud, iat: now } = await createReadyBuilding();
    const text = people.staff.phone.text({ iat: now(), counter: 1 });
    const half = Math.floor(text.length / 2);
    for (const chunk of [text.slice(0, half), text.slice(half), '\r', '\r\n', `${text}\r\n`]) {
      heads.in.come(chunk);
      await clock.advance(20);
    }
    await clock.advance(1_000);
    await cloud.hello();
    await clock.advance(2_000);
    const decided = cloud.stored().filter(({ kind }) => kind.startsWith('access.'));
    expect(decided.map(({ kind }) => kind)).toEqual(['access.granted']);
    await gateway.stop();
  });
});
