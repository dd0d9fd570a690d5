import { Command } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readAudit, verifyChain } from '../audit/audit.ts';
import { runConsumer } from '../feed/consumer.ts';
import { readFeed } from '../feed/feed.ts';
import { testBatch, testEvent } from '../testing/batches.ts';
import { greet, openFleetWorld, soon, testBeat } from '../testing/fleet-world.ts';
import type { FleetWorld } from '../testing/fleet-world.ts';
import { payloadOf, sha256, useTestTrust } from '../testing/link.ts';
import type { Box } from '../testing/link.ts';
import { wangfang } from '../testing/places.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { commandViews } from './command-rows.ts';
import { commandsConsumer, createCommands, followCommands } from './commands.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const open = async (): Promise<FleetWorld> => {
  const world = await openFleetWorld(await createTestDatabase(), trust());
  const { database, clock } = world;
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

/** A gateway that is there and has beaten. */
const present = async (world: FleetWorld, n = 3): Promise<{ box: Box; session: string }> => {
  const box = await world.connect();
  const session = await greet(box);
  await box.say('beat', testBeat(session, n));
  await vi.waitFor(async () => {
    const rows = await world.database.query('select 1 from gateway_status where beat = $1', [n]);
    expect(rows).toHaveLength(1);
  }, soon);
  return { box, session };
};

const wish = { door: 'library-east', actor: wangfang, reason: 'delivery' };

const viewOf = async ({ database }: FleetWorld, id: string) =>
  (await commandViews(database, [id]))[0];

/** What the gateway tells of a command, as its journal sends it. */
const tell = async (
  box: Box,
  first: number,
  command: string,
  kinds: readonly string[],
): Promise<void> => {
  const events = kinds.map((kind, i) =>
    testEvent(first + i, {
      kind,
      data: { command, action: 'unlock', actor: wangfang, reason: 'unlock_failed' },
    }),
  );
  await box.send(testBatch(events));
};

describe('a command', () => {
  it('is signed for this session and beat, lives as long as asked, and is confirmed', async () => {
    const world = await open();
    const { box, session } = await present(world);
    world.clock.skip(2_000);
    const view = await world.commands.sendUnlock({ ...wish, ttlMs: 4_000 });
    expect(view).toMatchObject({ door: 'library-east', state: 'accepted', failure: null });
    await vi.waitFor(() => {
      expect(box.texts('command')).toHaveLength(1);
    }, soon);
    const command = payloadOf(box.texts('command')[0] ?? '');
    expect(Value.Check(Command, command)).toBe(true);
    expect(command).toMatchObject({ id: view.id, session, beat: 3, ...wish, action: 'unlock' });
    // The gateway counts from the beat, which was 2 s old.
    expect(command['ttlMs']).toBeGreaterThanOrEqual(6_000);
    expect(command['ttlMs']).toBeLessThan(8_000);
    await tell(box, 1, view.id, ['command.accepted', 'command.sent', 'command.confirmed']);
    await vi.waitFor(async () => {
      expect(await viewOf(world, view.id)).toMatchObject({ state: 'confirmed' });
    }, soon);
    const after = await viewOf(world, view.id);
    expect(after?.steps.map(({ state }) => state)).toEqual([
      'accepted',
      'at_gateway',
      'sent',
      'confirmed',
    ]);
    const feed = await readFeed(world.database, 0, 1_000);
    const told = feed.flatMap(({ what }) =>
      what.kind === 'domain' && what.name === 'command.changed' ? [what.data['state']] : [],
    );
    expect(told).toEqual(['accepted', 'at_gateway', 'sent', 'confirmed']);
  });

  const absences: readonly { what: string; prepare: (world: FleetWorld) => Promise<unknown> }[] = [
    { what: 'was never there', prepare: () => Promise.resolve() },
    { what: 'has not beaten yet', prepare: async ({ connect }) => greet(await connect()) },
    {
      what: 'is dead',
      prepare: async (world) => {
        const { box, session } = await present(world);
        await box.say('death', { session });
        await vi.waitFor(async () => {
          const rows = await world.database.query('select from gateway_status where not online');
          expect(rows).toHaveLength(1);
        }, soon);
      },
    },
    {
      what: 'has not beaten for long',
      prepare: async (world) => {
        await present(world);
        world.clock.skip(12_001);
      },
    },
  ];
  it.each(absences)('fails at once where the gateway $what', async ({ prepare }) => {
    const world = await open();
    await prepare(world);
    const view = await world.commands.sendUnlock(wish);
    expect(view).toMatchObject({ state: 'failed', failure: 'gateway_offline' });
    expect(view.steps.map(({ state }) => state)).toEqual(['accepted', 'failed']);
  });

  it('fails where the broker does not take it', async () => {
    const world = await open();
    await present(world);
    await world.broker.close();
    const view = await world.commands.sendUnlock(wish);
    expect(view).toMatchObject({ state: 'failed', failure: 'gateway_offline' });
  });

  it('expires when nobody answers, and tells the truth when it comes late', async () => {
    const world = await open();
    const { box } = await present(world);
    const { id } = await world.commands.sendUnlock({ ...wish, ttlMs: 100 });
    await vi.waitFor(async () => {
      expect(await viewOf(world, id)).toMatchObject({ state: 'expired' });
    }, soon);
    await tell(box, 1, id, ['command.accepted', 'command.sent', 'command.confirmed']);
    await vi.waitFor(async () => {
      expect(await viewOf(world, id)).toMatchObject({ state: 'confirmed' });
    }, soon);
    const after = await viewOf(world, id);
    expect(after?.steps.map(({ state }) => state)).not.toContain('expired');
  });

  it('expires after a restart too', async () => {
    const world = await open();
    await present(world);
    const { id } = await world.commands.sendUnlock(wish);
    world.commands.stop();
    world.clock.skip(13_001);
    const again = createCommands(world.ports);
    again.start();
    onTestFinished(again.stop);
    await vi.waitFor(async () => {
      expect(await viewOf(world, id)).toMatchObject({ state: 'expired' });
    }, soon);
  });

  it('carries the gateway’s reason when it fails, and hears of itself once', async () => {
    const world = await open();
    const { box } = await present(world);
    const { id } = await world.commands.sendUnlock(wish);
    await tell(box, 1, id, ['command.accepted', 'command.failed']);
    await tell(box, 1, id, ['command.accepted', 'command.failed']);
    await tell(box, 3, id, ['command.failed', 'command.confirmed']);
    await tell(box, 5, 'no-uuid', ['command.confirmed']);
    await tell(box, 6, '01990000-0000-7000-8000-0000000000ff', ['command.confirmed']);
    await vi.waitFor(() => {
      expect(box.bodies('cursor').at(-1)).toMatchObject({ cursor: 6 });
    }, soon);
    await vi.waitFor(async () => {
      expect(await viewOf(world, id)).toMatchObject({ state: 'failed', failure: 'unlock_failed' });
    }, soon);
    expect((await viewOf(world, id))?.steps).toHaveLength(3);
  });

  it('of one gateway is not ended by another', async () => {
    const world = await open();
    const { box } = await present(world);
    const { id } = await world.commands.sendUnlock(wish);
    await world.database.query(`insert into gateway (id, building, name_zh, name_en) values
      ('lab-gw', 'lab', 'x', 'x')`);
    await world.database.query(`update command set gateway = 'lab-gw'`);
    await tell(box, 1, id, ['command.confirmed']);
    await vi.waitFor(async () => {
      const [row] = await world.database.query<{ pos: number }>(
        `select pos from consumer where name = 'commands'`,
      );
      const feed = await readFeed(world.database, 0, 1_000);
      const batch = feed.find(({ what }) => what.kind === 'batch');
      expect(row?.pos).toBeGreaterThanOrEqual(batch?.pos ?? Infinity);
    }, soon);
    expect(await viewOf(world, id)).toMatchObject({ state: 'accepted' });
  });

  it('leaves its row in the audit, whether it could be sent or not', async () => {
    const world = await open();
    await world.commands.sendUnlock(wish);
    await present(world);
    await world.commands.sendUnlock(wish);
    const rows = await readAudit(world.database, 1, 10);
    expect(verifyChain(rows, sha256)).toBeUndefined();
    expect(rows).toMatchObject([
      {
        action: 'door.unlock',
        actor: wangfang,
        subject: 'library-east',
        detail: { state: 'failed' },
      },
      { action: 'door.unlock', detail: { state: 'accepted', reason: 'delivery' } },
    ]);
  });

  it('for a door that is not there is an error', async () => {
    const world = await open();
    const sent = world.commands.sendUnlock({ ...wish, door: 'nowhere' });
    await expect(sent).rejects.toMatchObject({ code: 'CL_NOT_FOUND' });
    expect(await readAudit(world.database, 1, 10)).toEqual([]);
  });
});
