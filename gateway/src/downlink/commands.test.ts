import { describe, expect, it } from 'vitest';
import type { Unlocked, Unlocking } from '../access/doorway.ts';
import { createJwsVerifier } from '../adapters/jws.ts';
import { createPrimitives } from '../adapters/primitives.ts';
import { stampEvents } from '../events.ts';
import { createRoster } from '../policy/roster.ts';
import { createTrust } from '../policy/trust.ts';
import type { CommandResult } from '../drivers/driver.ts';
import {
  aboutOf,
  controllerModel,
  createMemoryDevices,
  lockerModel,
} from '../testing/field-devices.ts';
import { createMemoryJournal } from '../testing/memory-journal.ts';
import { createSigner } from '../testing/signer.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { policyRows, tuesdayTenMs } from '../testing/small-campus.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createCommands, seenMax } from './commands.ts';

const signer = createSigner();
const session = '0123456789abcdef';
const uuid = (n: number) => `019ab0c4-5d00-7000-8000-${n.toString(16).padStart(12, '0')}`;
const command = {
  id: uuid(1),
  gateway: 'gw-1',
  session,
  beat: 4,
  ttlMs: 3_000,
  door: 'lab',
  action: 'unlock',
  actor: uuid(100),
  reason: 'visitor',
};
const device = 'locker-1';
/** The same, to a device. */
const run = { door: undefined, device, action: 'run', run: { command: 'open', args: { box: 2 } } };

/** Beat 4 was sent at monotonic 0, which is now. */
const createBench = async () => {
  const clock = createVirtualClock(tuesdayTenMs);
  const journal = createMemoryJournal();
  const log = createSilentLog();
  const roster = createRoster(createPrimitives());
  for (const row of policyRows) roster.put(row);
  const trust = createTrust(signer.rootKey, createJwsVerifier());
  await trust.offerKeys(await signer.keys());
  const devices = createMemoryDevices();
  const abouts = [aboutOf(device, lockerModel), aboutOf('lab-ctl', controllerModel, 'lab')];
  const unlocks: (Unlocking & { readonly committed: number })[] = [];
  const bench = {
    ready: true,
    onlyAnswers: false,
    doorSays: 'confirmed' as Unlocked,
    session: session as string | undefined,
  };
  const commands = createCommands({
    ports: { clock, journal: journal.port, log },
    gateway: 'gw-1',
    keeper: { roster: () => roster, trust },
    door: (id) =>
      id !== 'lab'
        ? undefined
        : {
            ready: () => bench.ready,
            onlyAnswers: bench.onlyAnswers,
            unlock: (unlocking) => {
              unlocks.push({ ...unlocking, committed: journal.appends.length });
              return Promise.resolve(bench.doorSays);
            },
          },
    devices,
    about: (id) => abouts.find((about) => about.device === id),
    record: (event) => void journal.port.append({ events: [event] }),
    event: stampEvents(clock, () => 'trusted'),
    session: () => bench.session,
    beatAtMs: (n) => (n === 4 ? 0 : undefined),
  });
  const send = async (change: object = {}) =>
    commands.onCommand(await signer.command({ ...command, ...change }));
  const rows = () =>
    journal.events().map(({ kind, data }) => ('reason' in data ? `${kind} ${data.reason}` : kind));
  return { bench, clock, devices, journal, log, commands, unlocks, send, rows };
};

describe('a command', () => {
  it('is on disk before the door hears of it, and its outcome after', async () => {
    const { send, rows, unlocks, journal } = await createBench();
    await send();
    expect(unlocks).toEqual([
      {
        side: 'entry',
        cause: 'gw-1.0000cafe.main.1',
        ms: 3_000,
        deadlineMs: 3_000,
        committed: 1,
      },
    ]);
    expect(rows()).toEqual(['command.accepted', 'command.sent', 'command.confirmed']);
    const { id, door, action, actor } = command;
    expect(journal.appends[0]?.commandBegun).toEqual({ id, door, action, actor });
    expect(journal.appends[1]?.commandEnded).toBe(id);
    expect(journal.events()[0]).toMatchObject({ door, data: { command: id, action, actor } });
  });

  it.each([
    ['not_confirmed', ['command.accepted', 'command.sent', 'command.failed unlock_failed']],
    ['failed', ['command.accepted', 'command.failed unlock_failed']],
    ['expired', ['command.accepted', 'command.expired']],
  ] as const)('that the door answers with %s is not called done', async (doorSays, expected) => {
    const { bench, send, rows, journal } = await createBench();
    bench.doorSays = doorSays;
    await send();
    expect(rows()).toEqual(expected);
    expect(journal.appends.at(-1)?.commandEnded).toBe(command.id);
  });

  it.each([
    ['of another session', { session: 'f'.repeat(16) }, 'command.failed other_session'],
    ['after a beat that we do not know', { beat: 3 }, 'command.expired'],
    ['for a door that we do not have', { door: 'gate' }, 'command.failed door_unknown'],
  ])('%s does not run, and says why', async (_, change, row) => {
    const { send, rows, unlocks } = await createBench();
    await send(change);
    expect([rows(), unlocks]).toEqual([[row], []]);
  });

  it('does not run at a door that opens only in answer to a scan, and says so', async () => {
    const { bench, send, rows, unlocks } = await createBench();
    bench.onlyAnswers = true;
    await send();
    expect([rows(), unlocks]).toEqual([['command.failed only_answers'], []]);
  });

  it('does not run while the cloud has not greeted us', async () => {
    const { bench, send, rows } = await createBench();
    bench.session = undefined;
    await send();
    expect(rows()).toEqual(['command.failed other_session']);
  });

  it.each([
    [3_000, ['command.accepted', 'command.sent', 'command.confirmed']],
    [3_001, ['command.expired']],
  ])('lives by monotonic time alone: after %d ms', async (afterMs, expected) => {
    const { send, rows, clock } = await createBench();
    clock.stepWall(-3_600_000);
    await clock.advance(afterMs);
    await send();
    expect(rows()).toEqual(expected);
  });

  it('waits for no door that is not ready', async () => {
    const { bench, send, rows, unlocks, journal } = await createBench();
    bench.ready = false;
    await send();
    expect([rows(), unlocks]).toEqual([['command.accepted', 'command.failed door_not_ready'], []]);
    expect(journal.appends.at(-1)?.commandEnded).toBe(command.id);
  });

  it('runs once, whatever came between, up to the bound of what is remembered', async () => {
    const { send, unlocks, bench } = await createBench();
    await send();
    bench.session = undefined;
    for (let n = 2; n <= seenMax; n += 1) await send({ id: uuid(n) });
    bench.session = session;
    await send();
    expect(unlocks).toHaveLength(1);
  });

  it.each([
    ['for another gateway', () => signer.command({ ...command, gateway: 'gw-2' })],
    ['that lives too long', () => signer.command({ ...command, ttlMs: 60_000 })],
    ['to do what we cannot', () => signer.command({ ...command, action: 'burn' })],
    ['by an impostor', () => createSigner().command(command)],
    [
      'by a key of another use',
      () => signer.sign(command, { typ: 'gh-command+jws', kid: 'policy' }),
    ],
    ['under another typ', () => signer.sign(command, { typ: 'gh-time+jws', kid: 'command' })],
    ['that is none', () => Promise.resolve('open sesame')],
  ])('%s leaves a line in the log and nothing else', async (_, make) => {
    const { commands, rows, unlocks, log } = await createBench();
    await commands.onCommand(await make());
    expect([rows(), unlocks]).toEqual([[], []]);
    expect(log.lines).toEqual(['warn command.refused {}']);
  });
});

describe('a command to a device', () => {
  it('is on disk before the device hears of it, is told as sent, and then as it went', async () => {
    const { send, rows, devices, journal } = await createBench();
    await send(run);
    expect(devices.runs).toMatchObject([{ device, command: 'open', deadlineMs: 3_000 }]);
    expect(rows()).toEqual(['command.accepted', 'command.sent', 'command.confirmed']);
    const { id, action, actor } = { ...command, ...run };
    const entry = { id, device, run: 'open', action, actor };
    expect(journal.appends[0]?.commandBegun).toEqual(entry);
    expect(journal.appends.at(-1)?.commandEnded).toBe(id);
    for (const event of journal.events()) {
      expect(event).toMatchObject({ device, data: { command: id, action, actor, run: 'open' } });
      expect(event).not.toHaveProperty('door');
    }
  });

  const ways: readonly (readonly [CommandResult, readonly string[]])[] = [
    [{ outcome: 'sent' }, ['command.sent']],
    [{ outcome: 'not_confirmed' }, ['command.sent', 'command.failed not_confirmed']],
    [{ outcome: 'refused', code: 'full' }, ['command.sent', 'command.failed device_refused']],
    [{ outcome: 'expired' }, ['command.expired']],
    [{ outcome: 'failed', code: 'line_closed' }, ['command.failed device_silent']],
  ];
  it.each(ways)('that ends with %j is not called done', async (says, expected) => {
    const { devices, send, rows, journal } = await createBench();
    devices.says = says;
    await send(run);
    expect(rows()).toEqual(['command.accepted', ...expected]);
    expect(journal.appends.at(-1)?.commandEnded).toBe(command.id);
  });

  const open = (args: object) => ({ run: { command: 'open', args } });
  it.each([
    ['that we do not have', { device: 'locker-9' }, 'device_unknown'],
    ['that has no such command', { run: { command: 'burn', args: {} } }, 'bad_args'],
    ['that has no such command either', { run: { command: 'toString', args: {} } }, 'bad_args'],
    ['without what it needs', open({}), 'bad_args'],
    ['with less than it takes', open({ box: 0 }), 'bad_args'],
    ['with what it does not know', open({ box: 1, ghost: 1 }), 'bad_args'],
    ['that would latch', { run: { command: 'hold', args: {} } }, 'not_allowed'],
    [
      'that opens the door of its controller',
      { device: 'lab-ctl', run: { command: 'openEntry', args: {} } },
      'not_allowed',
    ],
    ['of another session', { session: 'f'.repeat(16) }, 'other_session'],
  ])('%s does not run, and says why', async (_, change, reason) => {
    const { send, rows, devices } = await createBench();
    await send({ ...run, ...change });
    expect([rows(), devices.runs]).toEqual([[`command.failed ${reason}`], []]);
  });

  it.each([
    ['names no device', { ...run, device: undefined }],
    ['names no command', { ...run, run: undefined }],
    ['has arguments that are none', { ...run, run: { command: 'open', args: { box: {} } } }],
    ['is an unlock without a door', { ...run, action: 'unlock' }],
  ])('that %s leaves a line in the log and nothing else', async (_, change) => {
    const { send, rows, devices, log } = await createBench();
    await send(change);
    expect([rows(), devices.runs, log.lines]).toEqual([[], [], ['warn command.refused {}']]);
  });

  it('runs once, and never again after a restart', async () => {
    const { commands, send, rows, devices, journal } = await createBench();
    await send(run);
    await send(run);
    expect(devices.runs).toHaveLength(1);
    const { commandBegun } = journal.appends[0] ?? {};
    await commands.settle(commandBegun === undefined ? [] : [commandBegun]);
    expect([devices.runs.length, rows().at(-1)]).toEqual([1, 'command.failed unknown_outcome']);
    expect(journal.events().at(-1)).toMatchObject({ device });
  });

  it('does not reach the device where the disk refuses', async () => {
    const { send, rows, devices, journal } = await createBench();
    journal.mood = 'fails';
    await send(run);
    expect([rows(), devices.runs]).toEqual([[], []]);
  });
});

describe('a journal that refuses', () => {
  it('before the door: nothing opens', async () => {
    const { send, rows, unlocks, journal, log } = await createBench();
    journal.mood = 'fails';
    await send();
    expect([rows(), unlocks]).toEqual([[], []]);
    expect(log.lines[0]).toContain('command.unwritten');
  });

  it('after the door: the command stays begun, and the next start says so', async () => {
    const { bench, commands, send, rows, journal } = await createBench();
    journal.mood = 'hangs';
    const sending = send();
    while (journal.waiting() === 0) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
    const { release } = journal;
    bench.doorSays = 'confirmed';
    release();
    journal.mood = 'fails';
    await sending;
    expect(rows()).toEqual(['command.accepted']);
    journal.mood = 'well';
    const { commandBegun } = journal.appends[0] ?? {};
    await commands.settle(commandBegun === undefined ? [] : [commandBegun]);
    expect(rows()).toEqual(['command.accepted', 'command.failed unknown_outcome']);
    expect(journal.appends.at(-1)?.commandEnded).toBe(command.id);
  });
});
