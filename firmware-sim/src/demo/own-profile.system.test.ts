import type { CommandView, DeviceView, ProfilePageView, PublishedView } from '@gatehouse/protocols';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signIn } from './api.testing.ts';
import type { Session } from './api.testing.ts';
import { inTime } from './campus.testing.ts';
import { startDemo } from './demo.testing.ts';
import type { RunningDemo } from './demo.testing.ts';

// Somebody's own version of the turnstile's profile: from the console through cloud, broker and
// gateways to the drivers of a running campus, and back by one click.

const id = 'gatehouse-turnstile-t1';
const base = `/api/console/profiles/${id}`;

let demo: RunningDemo;
let admin: Session;

const page = (): Promise<ProfilePageView> => admin.get(`${base}/page`);

/** Milliseconds until every turnstile of the campus says that it runs this version. */
const untilAllRun = async (version: string): Promise<number> => {
  const fromMs = performance.now();
  await vi.waitFor(async () => {
    const devices = await admin.get<readonly DeviceView[]>('/api/console/devices');
    const versions = devices
      .filter(({ profile }) => profile === id)
      .map(({ profileVersion }) => profileVersion);
    expect(versions.length).toBeGreaterThan(3);
    expect(new Set(versions)).toEqual(new Set([version]));
  }, inTime);
  return performance.now() - fromMs;
};

const open = async (door: string): Promise<void> => {
  const { id: command } = await vi.waitFor(
    () => admin.post<CommandView>(`/api/doors/${door}/unlock`, { reason: 'test' }),
    inTime,
  );
  await vi.waitFor(async () => {
    const { state } = await admin.get<CommandView>(`/api/commands/${command}`);
    expect(state).toBe('confirmed');
  }, inTime);
};

/** What happened to devices and conditions since a moment. */
const trouble = async (sinceMs: number): Promise<readonly string[]> => {
  type Page = { readonly events: readonly { readonly kind: string; readonly at: string }[] };
  const kinds = ['device.lost', 'condition.raised', 'profile.refused', 'profile.rolled_back'];
  const pages = await Promise.all(
    kinds.map((kind) => admin.get<Page>(`/api/console/events?kind=${kind}&limit=50`)),
  );
  return pages
    .flatMap(({ events }) => events)
    .filter(({ at }) => Date.parse(at) >= sinceMs)
    .map(({ kind }) => kind);
};

beforeAll(async () => {
  demo = await startDemo({ args: ['--traffic', 'off', '--people', '40'] });
  admin = await signIn(demo.url, '刘洋');
});

afterAll(async () => {
  await demo.kill('SIGTERM');
  await demo.remove();
});

describe('a profile of one’s own', () => {
  it('is swapped into a running campus, and back by one click', async () => {
    await untilAllRun('1.0.0');
    await open('east-gate-1');
    const { text } = await page();
    const mended = text.replace(/^profile: .*$/m, 'profile: 1.1.0').replace('T1\n', 'T1 rev B\n');
    const draft = await admin.post('/api/console/profiles', { text: mended, save: true });
    expect(draft).toMatchObject({ saved: true, faults: [], refusals: [] });
    const sinceMs = Date.now();
    const done = await admin.post<PublishedView>(`${base}/versions/1.1.0/publish`, {
      ...{ note: 'revision B', mode: 'live' },
    });
    expect(done).toMatchObject({ published: true, live: '1.1.0' });
    const spreadMs = await untilAllRun('1.1.0');
    const told = await vi.waitFor(
      async () => {
        const now = await page();
        expect(now.shadows.length).toBe(now.devices.length);
        return now;
        // A page may be asked for once a second.
      },
      { ...inTime, interval: 1_000 },
    );
    expect(told.shadows.every(({ frames, differing }) => frames > 0 && differing === 0)).toBe(true);
    const swaps = told.happenings.filter(({ kind }) => kind === 'profile.swapped');
    expect(swaps.length).toBeGreaterThan(3);
    expect(await trouble(sinceMs)).toEqual([]);
    await open('east-gate-1');
    const tookMs = Math.max(...swaps.map((swap) => swap.tookMs ?? 0));
    const back = await admin.post<PublishedView>(`${base}/back`, {});
    expect(back).toMatchObject({ published: true, live: null });
    const backMs = await untilAllRun('1.0.0');
    await open('east-gate-1');
    expect(await trouble(sinceMs)).toEqual([]);
    const measured = { devices: told.devices.length, spreadMs, tookMs, backMs };
    process.stdout.write(`own profile: ${JSON.stringify(measured)}\n`);
  });
});
