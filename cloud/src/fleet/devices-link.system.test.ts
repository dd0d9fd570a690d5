import { setTimeout as pause } from 'node:timers/promises';
import { Command, Watch } from '@gatehouse/protocols';
import type { DeviceLiveView } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { runConsumer } from '../feed/consumer.ts';
import { testBatch, testEvent } from '../testing/batches.ts';
import { greet, openFleetWorld, soon, testBeat, testGateway } from '../testing/fleet-world.ts';
import type { FleetWorld } from '../testing/fleet-world.ts';
import { payloadOf, useTestTrust } from '../testing/link.ts';
import type { Box } from '../testing/link.ts';
import { wangfang } from '../testing/places.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { commandViews } from './command-rows.ts';
import { commandsConsumer, createCommands, followCommands } from './commands.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();
const device = 'locker-1';

const open = async (): Promise<FleetWorld> => {
  const world = await openFleetWorld(await createTestDatabase(), trust());
  const { database, clock } = world;
  await database.query(
    `insert into device (id, gateway, building, profile, name_zh, name_en)
     values ($1, $2, 'library', 'test-locker', '储物柜', 'Lockers')`,
    [device, testGateway],
  );
  const consumer = runConsumer({
    name: commandsConsumer,
    handle: followCommands,
    ...{ database, clock, log: silentLog },
    onPoison: () => undefined,
  });
  onTestFinished(consumer.stop);
  world.commands.start();
  return world;
};

const present = async (world: FleetWorld): Promise<{ box: Box; session: string }> => {
  const box = await world.connect();
  const session = await greet(box);
  await box.say('beat', testBeat(session, 3));
  await vi.waitFor(async () => {
    const rows = await world.database.query('select 1 from gateway_status where beat = 3');
    expect(rows).toHaveLength(1);
  }, soon);
  return { box, session };
};

const wish = { device, run: 'open', args: { box: 3 }, actor: wangfang, reason: '', ttlMs: 100 };

const viewOf = async ({ database }: FleetWorld, id: string) =>
  (await commandViews(database, [id]))[0];

const tell = async (box: Box, first: number, command: string, kinds: readonly string[]) => {
  const data = { command, action: 'run', run: 'open', actor: wangfang };
  const place = { door: undefined, device };
  await box.send(testBatch(kinds.map((kind, i) => testEvent(first + i, { kind, data, ...place }))));
};

const stateIs = (world: FleetWorld, id: string, state: string) =>
  vi.waitFor(async () => {
    expect(await viewOf(world, id)).toMatchObject({ state });
  }, soon);

describe('a command to a device', () => {
  it('is signed for it, and confirmed by its word', async () => {
    const world = await open();
    const { box, session } = await present(world);
    const view = await world.commands.sendRun({ ...wish, confirmWithinMs: 1_000 });
    expect(view).toMatchObject({ door: null, device, run: 'open', state: 'accepted' });
    await vi.waitFor(() => {
      expect(box.texts('command')).toHaveLength(1);
    }, soon);
    const command = payloadOf(box.texts('command')[0] ?? '');
    expect(Value.Check(Command, command)).toBe(true);
    const run = { command: 'open', args: { box: 3 } };
    expect(command).toMatchObject({ id: view.id, session, beat: 3, action: 'run', device, run });
    expect(command).not.toHaveProperty('door');
    await tell(box, 1, view.id, ['command.accepted', 'command.sent', 'command.confirmed']);
    await stateIs(world, view.id, 'confirmed');
    expect(await readAudit(world.database, 1, 9)).toMatchObject([
      { action: 'device.run', subject: device, detail: { run: 'open', args: { box: 3 } } },
    ]);
  });

  it('that nothing can confirm ends as sent, also after a restart', async () => {
    const world = await open();
    const { box } = await present(world);
    const { id } = await world.commands.sendRun({ ...wish, confirmWithinMs: null });
    await tell(box, 1, id, ['command.accepted', 'command.sent']);
    await stateIs(world, id, 'sent');
    world.commands.stop();
    world.clock.skip(60_000);
    const again = createCommands(world.ports);
    again.start();
    onTestFinished(again.stop);
    const other = await again.sendRun({ ...wish, confirmWithinMs: null });
    expect(other).toMatchObject({ state: 'failed', failure: 'gateway_offline' });
    await pause(500);
    expect(await viewOf(world, id)).toMatchObject({ state: 'sent' });
  });

  it('waits for its confirmation as long as its profile says', async () => {
    const world = await open();
    await present(world);
    const slow = await world.commands.sendRun({ ...wish, confirmWithinMs: 120_000 });
    const quick = await world.commands.sendRun({ ...wish, confirmWithinMs: 1_000 });
    world.commands.stop();
    world.clock.skip(20_000);
    const again = createCommands(world.ports);
    again.start();
    onTestFinished(again.stop);
    await stateIs(world, quick.id, 'expired');
    expect(await viewOf(world, slow.id)).toMatchObject({ state: 'accepted' });
  });

  it('keeps a PIN out of every row, and sends it', async () => {
    const world = await open();
    const { box } = await present(world);
    const args = { pin: '4711', box: 3 };
    await world.commands.sendRun({ ...wish, args, confirmWithinMs: null });
    await vi.waitFor(() => {
      expect(payloadOf(box.texts('command')[0] ?? '')).toMatchObject({ run: { args } });
    }, soon);
    const [row] = await readAudit(world.database, 1, 9);
    expect(row?.detail).toMatchObject({ args: { pin: '***', box: 3 } });
    expect(JSON.stringify(await world.database.query('select * from command'))).not.toContain(
      '4711',
    );
  });

  it('for a device that is not there is an error', async () => {
    const world = await open();
    const sent = world.commands.sendRun({ ...wish, device: 'ghost', confirmWithinMs: null });
    await expect(sent).rejects.toMatchObject({ code: 'CL_NOT_FOUND' });
    expect(await readAudit(world.database, 1, 9)).toEqual([]);
  });
});

describe('a look at a device', () => {
  const health = {
    ...{ answered: 1, missed: 0, badFrames: 0 },
    ...{ roundTripMs: null, lastHeardAt: null, everyMs: null },
  };
  const live = { device, at: 1, values: {}, health, frames: [], dropped: 0 };

  it('reaches the gateway, brings what it tells, and follows it to its next session', async () => {
    const world = await open();
    const { box, session } = await present(world);
    const seen: DeviceLiveView[] = [];
    await box.say('live', { ...live, session, dropped: 1 });
    const cancel = world.looks.look({ gateway: testGateway, device }, (view) => seen.push(view));
    await vi.waitFor(() => {
      expect(box.bodies('watch')).toEqual([{ session, device, forMs: 45_000 }]);
    }, soon);
    expect(Value.Check(Watch, box.bodies('watch')[0])).toBe(true);
    await box.say('live', { ...live, session, dropped: 2 });
    await box.say('live', { ...live, session, device: 'locker-2' });
    await box.say('live', { ...live, session, frames: 'all' });
    await box.say('live', { ...live, session, dropped: 9, tooLong: 'x'.repeat(300_000) });
    await box.say('live', { ...live, session, dropped: 3 });
    await vi.waitFor(() => {
      expect(seen.map(({ dropped }) => dropped)).toEqual([2, 3]);
    }, soon);
    const next = await greet(box);
    await vi.waitFor(() => {
      expect(box.bodies('watch').at(-1)).toEqual({ session: next, device, forMs: 45_000 });
    }, soon);
    cancel();
    await vi.waitFor(() => {
      expect(box.bodies('watch').at(-1)).toEqual({ session: next, device, forMs: 0 });
    }, soon);
  });
});
