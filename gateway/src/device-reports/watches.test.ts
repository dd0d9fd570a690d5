import { framesPerLiveMax, liveEveryMs, Live, watchesMax } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { createMemoryDevices, testHealth } from '../testing/field-devices.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createWatches, quietEveryMs } from './watches.ts';

const session = '0123456789abcdef';

const createBench = () => {
  const clock = createVirtualClock();
  const log = createSilentLog();
  const devices = createMemoryDevices();
  const sent: { readonly atMs: number; readonly live: Live }[] = [];
  const bench = { session: session as string | undefined, takes: Promise.resolve() };
  const watches = createWatches({
    clock,
    log,
    devices,
    has: (device) => device.startsWith('meter-'),
    session: () => bench.session,
    publish: (live) => {
      expect(Value.Check(Live, live), JSON.stringify(live)).toBe(true);
      sent.push({ atMs: clock.monoMs(), live });
      return bench.takes;
    },
  });
  const watch = (forMs = 45_000, device = 'meter-1', of = session) =>
    watches.onWatch({ session: of, device, forMs });
  const times = () => sent.map(({ atMs }) => atMs);
  return { bench, clock, log, devices, watches, watch, sent, times };
};

describe('a watch', () => {
  it('tells at once, then of what is new, at most four times a second', async () => {
    const { clock, devices, watch, sent, times } = createBench();
    devices.held = { 'state.mode': 'day', 'telemetry.voltage': 3, 'event.text': 'A0 7%' };
    watch();
    await clock.advance(0);
    expect(sent[0]?.live).toEqual({
      session,
      device: 'meter-1',
      at: clock.nowMs(),
      values: { 'state.mode': 'day', 'telemetry.voltage': 3 },
      health: testHealth,
      frames: [],
      dropped: 0,
    });
    for (let n = 0; n < 100; n += 1) {
      await clock.advance(10);
      devices.frame('meter-1', { monoMs: clock.monoMs() });
    }
    await clock.advance(liveEveryMs);
    expect(times()).toEqual([0, 250, 500, 750, 1_000, 1_250]);
    expect(sent.reduce((sum, { live }) => sum + live.frames.length, 0)).toBe(100);
  });

  it('tells of a device that says nothing once a second', async () => {
    const { clock, watch, times } = createBench();
    watch(3_500);
    await clock.advance(10_000);
    expect(times()).toEqual([0, 1, 2, 3].map((n) => n * quietEveryMs));
  });

  it('shows a frame when it was and what it is, of a secret one its length alone', async () => {
    const { clock, devices, watch, sent } = createBench();
    watch();
    await clock.advance(1_000);
    const meaning = 'x'.repeat(300);
    devices.frame('meter-1', { monoMs: 900, direction: 'out', meaning, isFault: true });
    devices.frame('meter-1', { monoMs: 950, bytes: undefined, length: 122, meaning: 'scan' });
    devices.frame('meter-1', { monoMs: 960, bytes: new Uint8Array(4_096), length: 4_096 });
    await clock.advance(liveEveryMs);
    const [shown, secret, long] = sent.at(-1)?.live.frames ?? [];
    expect(shown).toEqual({
      at: clock.nowMs() - clock.monoMs() + 900,
      ...{ direction: 'out', hex: '010203', bytes: 3, meaning: 'x'.repeat(120), isFault: true },
    });
    expect(secret).toMatchObject({ bytes: 122, meaning: 'scan' });
    expect(secret).not.toHaveProperty('hex');
    expect([long?.bytes, long?.hex?.length]).toEqual([4_096, 1_024]);
  });

  it('keeps the newest frames and says how many did not fit', async () => {
    const { clock, devices, watch, sent } = createBench();
    watch();
    await clock.advance(0);
    for (let n = 0; n < framesPerLiveMax + 7; n += 1) {
      devices.frame('meter-1', { length: n });
    }
    await clock.advance(liveEveryMs);
    const { frames, dropped } = sent.at(-1)?.live ?? { frames: [], dropped: 0 };
    expect([frames.length, frames[0]?.bytes, dropped]).toEqual([framesPerLiveMax, 7, 7]);
  });

  it('taps nothing before, ends by itself, and goes on as long as it is asked for', async () => {
    const { clock, devices, watch } = createBench();
    expect(devices.tapped()).toEqual([]);
    watch();
    expect(devices.tapped()).toEqual(['meter-1']);
    await clock.advance(40_000);
    watch();
    await clock.advance(44_999);
    expect(devices.tapped()).toEqual(['meter-1']);
    await clock.advance(1);
    expect([devices.tapped(), clock.timersWaiting()]).toEqual([[], 0]);
  });

  it.each([
    ['zero ends it', ({ watch }: ReturnType<typeof createBench>) => watch(0)],
    ['a lost line ends it', ({ watches }: ReturnType<typeof createBench>) => watches.endAll()],
  ])('%s', async (_, end) => {
    const bench = createBench();
    bench.watch();
    await bench.clock.advance(10);
    end(bench);
    expect([bench.devices.tapped(), bench.clock.timersWaiting()]).toEqual([[], 0]);
  });

  const nothings: readonly (readonly [string, readonly [number, string, string?]])[] = [
    ['of another session', [45_000, 'meter-1', 'f'.repeat(16)]],
    ['of a device that we do not have', [45_000, 'ghost-1']],
    ['that ends what never began', [0, 'meter-2']],
  ];
  it.each(nothings)('%s is nothing', async (_, args) => {
    const { clock, devices, watch, sent } = createBench();
    watch(...args);
    await clock.advance(5_000);
    expect([devices.tapped(), sent, clock.timersWaiting()]).toEqual([[], [], 0]);
  });

  it('is one of a few', () => {
    const { devices, watch, log } = createBench();
    for (let n = 0; n <= watchesMax; n += 1) watch(45_000, `meter-${n}`);
    expect(devices.tapped()).toHaveLength(watchesMax);
    expect(log.lines).toHaveLength(1);
  });

  it('piles nothing up on a line that takes nothing', async () => {
    const { bench, clock, devices, watch, sent } = createBench();
    const taken = Promise.withResolvers<void>();
    bench.takes = taken.promise;
    watch();
    await clock.advance(0);
    for (let n = 0; n < 500; n += 1) devices.frame('meter-1', {});
    await clock.advance(10_000);
    expect(sent).toHaveLength(1);
    taken.resolve();
    await clock.advance(liveEveryMs);
    expect(sent[1]?.live).toMatchObject({ dropped: 500 - framesPerLiveMax });
  });
});
