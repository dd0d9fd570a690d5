// needs: socat
import { sampleParams, compileProfile, loadCatalogue } from '@gatehouse/device-profiles';
import type { Args, DeviceProfile, Values } from '@gatehouse/device-profiles';
import type { Value } from '@gatehouse/protocols';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { catalogue } from '../testing/catalogue-plays.table.ts';
import type { Play } from '../testing/catalogue-plays.table.ts';
import { createRealWires } from '../testing/real-wires.ts';
import { startSimulator } from '../testing/simulator.ts';
import type { Simulator } from '../testing/simulator.ts';

// The devices of a gateway against the simulators of every profile that has a serial line: each on
// a pseudo-terminal of its own, through the real adapters of serialport and modbus-serial, all at
// once, first on good lines, then on lines that lose and garble bytes.

const profiles = await loadCatalogue();
const isWired = ({ bindings }: DeviceProfile): boolean =>
  Object.values(bindings).some(({ transport }) => transport === 'serial' || transport === 'modbus');
const wired = [...profiles.values()].filter(isWired);

/** Polls of ten seconds, of which some are lost; and a busy machine. */
const inTime = { timeout: 100_000, interval: 100 };

let simulator: Simulator;
let gateway: ReturnType<typeof createRealWires>;

beforeAll(async () => {
  simulator = await startSimulator((path) =>
    wired.map((profile) => ({
      ...{ id: profile.id, profile: profile.id, pty: path(profile.id) },
      params: sampleParams(profile),
    })),
  );
  for (const [id, { begins }] of Object.entries(catalogue)) {
    if (begins !== undefined) await done(id, { set: begins });
  }
  gateway = createRealWires({
    profiles,
    devices: wired.map((profile) => ({
      ...{ id: profile.id, profile: profile.id, port: simulator.path(profile.id) },
      ...{ params: { ...sampleParams(profile) } as Record<string, string | number | boolean> },
      ...{ door: `door-${profile.id}`, side: 'entry' as const },
    })),
    onCode: (reader) => void reader.show('granted'),
  });
  gateway.devices.start();
});
afterAll(async () => {
  await gateway.devices.stop();
  await simulator.stop();
});

const run = (id: string, name: string, args: Values) =>
  gateway.devices.run(id, name, args, { deadlineMs: gateway.clock.monoMs() + 60_000 });

const done = async (id: string, deed: NonNullable<Play['deed']>): Promise<void> => {
  if ('run' in deed) {
    await run(id, deed.run, deed.args);
    return;
  }
  const [action, body] =
    'act' in deed
      ? (['act', { action: deed.act }] as const)
      : 'set' in deed
        ? (['set', { values: deed.set }] as const)
        : (['present', deed.present] as const);
  const { isGood, answer } = await simulator.tell(id, action, body);
  // On a bad line a scanner may not be told what to show.
  if (action !== 'present') expect(isGood, `${id}: ${JSON.stringify(answer)}`).toBe(true);
};

/** What drifts has moved since; anything else is what it is, as far as the wire can say it. */
const isClose = (id: string, path: string, got: Value | undefined, held: Value | undefined) => {
  if (typeof got !== 'number' || typeof held !== 'number') {
    return JSON.stringify(got) === JSON.stringify(held);
  }
  const { step = 0 } = profiles.get(id)?.simulate.drift?.[path] ?? {};
  return Math.abs(got - held) <= Math.max(1e-6, Math.abs(held) * 0.005) + 40 * step;
};

const holds = (id: string, wanted: Values): void => {
  const held = gateway.devices.values(id);
  for (const [path, value] of Object.entries(wanted)) {
    const is = isClose(id, path, held[path], value);
    expect(is, `${id} ${path}: ${String(held[path])}, not ${String(value)}`).toBe(true);
  }
};

const inWords = ({
  event,
  fields = {},
}: {
  readonly event: string;
  readonly fields?: Args | undefined;
}) =>
  `${event} ${JSON.stringify(Object.entries(fields).toSorted(([a], [b]) => a.localeCompare(b)))}`;

const heardSince = (id: string, from: number) =>
  gateway.readings.slice(from).filter(({ device }) => device === id);

const eventsOf = (id: string, from: number): readonly string[] =>
  heardSince(id, from)
    .flatMap(({ reading }) => reading.events)
    .map(inWords);

const hasHeard = (id: string, { hears }: Play, from: number): void => {
  if (hears === undefined) return;
  if ('values' in hears) {
    holds(id, hears.values);
    return;
  }
  expect(eventsOf(id, from)).toContain(inWords(hears));
};

const rows = Object.entries(catalogue);

/** Whoever is not heard does it again. */
const doneUntilHeard = async (id: string, play: Play): Promise<void> => {
  const { deed } = play;
  if (deed === undefined) return;
  const from = gateway.readings.length;
  const again = async (): Promise<void> => {
    await done(id, deed);
    await vi.waitFor(() => hasHeard(id, play, from), { timeout: 6_000 });
  };
  await vi.waitFor(again, inTime);
};

describe('every profile with a serial line, on a line of its own', () => {
  it('has a row here', () => {
    expect(Object.keys(catalogue).toSorted()).toEqual(wired.map(({ id }) => id).toSorted());
  });

  it.concurrent.each(rows)('%s', async (id, play) => {
    const { begins = {}, says = {}, command } = play;
    await vi.waitFor(() => holds(id, { ...begins, ...says }), inTime);
    if (command !== undefined) {
      const { name, args, outcome } = command;
      // Not sent before its line is open, and so sent once.
      await vi.waitFor(async () => expect(await run(id, name, args)).toEqual({ outcome }), inTime);
    }
    await doneUntilHeard(id, play);
    await vi.waitFor(() => expect(gateway.state(id)).toBe('online'), inTime);
    // All that it says of itself is as the device is.
    await vi.waitFor(async () => {
      const held = await simulator.values(id);
      for (const [path, value] of Object.entries(gateway.devices.values(id))) {
        expect(isClose(id, path, value, held[path]), `${id} ${path} ${String(value)}`).toBe(true);
      }
    }, inTime);
  });
});

/** Whether a damaged frame is known by itself. */
const isChecked = (profile: DeviceProfile): boolean => {
  const [binding = ''] = Object.keys(profile.bindings);
  const codec = compileProfile(profile, binding, sampleParams(profile));
  if (codec.transport === 'modbus') return true;
  if (codec.transport !== 'serial') return false;
  const wire = profile.bindings[binding];
  const framings = wire?.transport === 'serial' ? [wire.framing].flat() : [];
  return framings.every((one) => one.kind === 'frames' && one.checksum !== undefined);
};

describe('on lines that lose and garble bytes', () => {
  it('the table says which frames have a checksum', () => {
    const unchecked = rows.filter(([, play]) => play.isUnchecked).map(([id]) => id);
    expect(unchecked).toEqual(wired.filter((one) => !isChecked(one)).map(({ id }) => id));
  });

  it.concurrent.each(rows)('%s', async (id, play) => {
    const { deed, becomes = {}, readings = 0, isUnchecked } = play;
    const before = await simulator.values(id);
    const from = gateway.readings.length;
    await simulator.tell(id, 'faults', { lossy: true, badChecksum: true });
    if (Object.keys(becomes).length > 0) await done(id, { set: becomes });
    await vi.waitFor(() => holds(id, becomes), inTime);
    await vi.waitFor(
      () => expect(heardSince(id, from).length).toBeGreaterThanOrEqual(readings),
      inTime,
    );
    // A command of ours is sent once, and its answer may be lost.
    const isEvent = play.hears !== undefined && 'event' in play.hears;
    if (isEvent && deed !== undefined && !('run' in deed)) await doneUntilHeard(id, play);
    await simulator.tell(id, 'faults', { lossy: false, badChecksum: false });
    await vi.waitFor(() => expect(gateway.state(id)).toBe('online'), inTime);
    await vi.waitFor(() => holds(id, becomes), inTime);
    if (isUnchecked === true) return;
    const after = await simulator.values(id);
    expect(wrongOf(id, heardSince(id, from), [before, after])).toEqual([]);
  });

  it('bytes were lost', () => {
    const lost = wired.map(({ id }) => gateway.devices.health(id));
    const sum = lost.reduce((all, { missed, badFrames }) => all + missed + badFrames, 0);
    expect(sum).toBeGreaterThan(20);
  });
});

/** What was believed, and never was so. */
const wrongOf = (
  id: string,
  told: typeof gateway.readings,
  held: readonly Values[],
): readonly string[] => {
  const { react, actions } = profiles.get(id)?.simulate ?? {};
  const effects = [
    ...Object.values(react ?? {}).flat(),
    ...Object.values(actions ?? {}).flatMap((action) => action.effects),
  ];
  const wasSo = [...held, ...effects.map(({ set = {} }) => set)];
  const { hears } = catalogue[id] ?? {};
  const wereTold = [
    ...(hears !== undefined && 'event' in hears ? [inWords(hears)] : []),
    ...effects.flatMap(({ emit, with: fields }) =>
      emit === undefined ? [] : [inWords({ event: emit, fields })],
    ),
  ];
  return told.flatMap(({ reading: { values, events } }) => [
    ...Object.entries(values)
      .filter(([path, value]) => !wasSo.some((one) => isClose(id, path, value, one[path])))
      .map(([path, value]) => `${id} ${path} ${String(value)}`),
    ...events.map(inWords).filter((words) => !wereTold.includes(words)),
  ]);
};
