import { reasons } from '@gatehouse/protocols';
import type { DecisionReason, MeView, NoticeView } from '@gatehouse/protocols';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { enrolPhone, signIn } from './api.testing.ts';
import type { Session } from './api.testing.ts';
import { aheadMs, inTime, readPlan } from './campus.testing.ts';
import { startDemo } from './demo.testing.ts';
import type { RunningDemo } from './demo.testing.ts';
import type { Phone } from './phone.ts';
import type { Plan } from './plan.ts';

// A key that was enrolled a moment ago, before the scanners of every building.

let demo: RunningDemo;
let plan: Plan;
/** A guard: a rule opens every door for her at any hour. */
const owner = '王芳';

beforeAll(async () => {
  demo = await startDemo({ args: ['--traffic', 'off', '--people', '40'] });
  plan = await readPlan(demo.dataDir);
});
afterAll(async () => {
  await demo.kill('SIGTERM');
  await demo.remove();
});

/** An entry scanner of a door of this class on each gateway that has one. */
const readersOf = (itsClass: string): readonly string[] => {
  const doors = new Set(plan.doors.filter((door) => door.class === itsClass).map(({ id }) => id));
  const entries = plan.devices.filter(
    ({ door, side }) => side === 'entry' && door !== null && doors.has(door),
  );
  return [...Map.groupBy(entries, ({ gateway }) => gateway).values()].flatMap(([first]) =>
    first === undefined ? [] : [first.id],
  );
};

const reasonsByText = new Map<unknown, string>(
  Object.entries(reasons).map(([reason, { display }]) => [display.zh, reason]),
);
const hold = async (reader: string, phone: Phone): Promise<string | undefined> => {
  const text = phone.show('door', aheadMs);
  const shown = await demo.control(`/devices/${reader}/present`, { text });
  return reasonsByText.get(shown['text']);
};

const meOf = (session: Session): Promise<MeView> => session.get<MeView>('/api/me');

const spreadOf = (session: Session): Promise<MeView> =>
  vi.waitFor(
    async () => {
      const me = await meOf(session);
      expect(me.spread).toEqual({ have: 3, of: 3, missing: [] });
      return me;
    },
    { ...inTime, interval: 10 },
  );

const expectAt = async (readers: readonly string[], phone: Phone, reason: DecisionReason) => {
  for (const reader of readers) {
    // The first code after a start may be asked for again.
    await vi.waitFor(async () => expect(await hold(reader, phone), reader).toBe(reason), inTime);
  }
};

describe('a phone', () => {
  it('is known at every gateway, moves to another browser, and labs wait for it', async () => {
    const first = await signIn(demo.url, owner);
    await meOf(first);
    const fromMs = performance.now();
    const lost = await enrolPhone(first);
    const answeredMs = performance.now();
    await spreadOf(first);
    const spreadMs = performance.now();
    const took = { answered: answeredMs - fromMs, everywhere: spreadMs - fromMs };
    process.stdout.write(
      `enrolled in ${Math.round(took.answered)} ms, at 3 gateways after ` +
        `${Math.round(took.everywhere)} ms\n`,
    );
    expect(readersOf('gate')).toHaveLength(3);
    await expectAt(readersOf('gate'), lost, 'granted');
    await expectAt([...readersOf('lab'), ...readersOf('store')], lost, 'granted');

    const second = await signIn(demo.url, owner);
    const found = await enrolPhone(second);
    const { waitsUntil, changesLeft } = await spreadOf(second);
    expect(changesLeft).toBe(2);
    expect(Date.parse(waitsUntil ?? '')).toBeGreaterThan(Date.now() + 23 * 60 * 60 * 1000);
    const [notice] = await first.get<readonly NoticeView[]>('/api/me/notices');
    expect(notice).toMatchObject({ kind: 'phone.replaced', read: false });
    await expectAt(readersOf('gate'), found, 'granted');
    expect(readersOf('lab').length).toBeGreaterThan(0);
    expect(readersOf('store')).toHaveLength(3);
    await expectAt([...readersOf('lab'), ...readersOf('store')], found, 'key_too_new');
    for (const reader of readersOf('gate')) {
      // Revoked where the revocation is first; unknown once the policy has dropped the key as well.
      expect(['revoked', 'unknown_credential']).toContain(await hold(reader, lost));
    }

    const again = await enrolPhone(second);
    expect(await spreadOf(second)).toMatchObject({ waitsUntil, changesLeft: 2 });
    await expectAt(readersOf('gate'), again, 'granted');
    await expectAt(readersOf('store'), again, 'key_too_new');
    expect(await first.get('/api/me/notices')).toHaveLength(1);
  });
});
