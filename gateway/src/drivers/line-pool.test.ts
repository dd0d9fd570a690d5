import { describe, expect, it } from 'vitest';
import { createMemoryModbus } from '../testing/memory-modbus.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { turnstileProfile } from '../testing/profiles.ts';
import { createLinePool } from './line-pool.ts';

const options = { port: 'tcp://bus:502', replyTimeoutMs: 200 };

const bench = () => {
  const clock = createVirtualClock();
  const modbus = createMemoryModbus(clock, turnstileProfile);
  const pool = createLinePool({ modbus: modbus.ports, clock, log: createSilentLog() });
  const said: string[] = [];
  const user = (name: string) => ({
    onOpen: () => void said.push(`${clock.monoMs()} ${name} open`),
    onLost: (cause: string) => void said.push(`${clock.monoMs()} ${name} lost: ${cause}`),
  });
  return { clock, modbus, pool, said, user };
};

describe('a line pool', () => {
  it('opens one line for two doors on one port, and tells who comes later at once', async () => {
    const { clock, modbus, pool, said, user } = bench();
    pool.share(options).use(user('a'));
    await clock.advance(10);
    pool.share(options).use(user('b'));
    expect(modbus.opens()).toBe(1);
    expect(said).toEqual(['0 a open', '10 b open']);
  });

  it('opens another port on its own', async () => {
    const { clock, modbus, pool, user } = bench();
    pool.share(options).use(user('a'));
    pool.share({ ...options, port: 'tcp://other:502' }).use(user('b'));
    await clock.settle();
    expect(modbus.opens()).toBe(2);
  });

  it('tells every door of a loss and opens again, waiting longer each time', async () => {
    const { clock, modbus, pool, said, user } = bench();
    const line = pool.share(options);
    line.use(user('a'));
    line.use(user('b'));
    await clock.advance(20_000);
    modbus.canOpen = false;
    modbus.drop('reset');
    await clock.advance(1_000);
    line.use(user('c'));
    modbus.canOpen = true;
    await clock.advance(1_000);
    expect(said).toEqual([
      '0 a open',
      '0 b open',
      '20000 a lost: reset',
      '20000 b lost: reset',
      '21000 c lost: reset',
      '21750 a open',
      '21750 b open',
      '21750 c open',
    ]);
  });

  it('closes after the last door and opens anew for the next one', async () => {
    const { clock, modbus, pool, said, user } = bench();
    const line = pool.share(options);
    const leave = line.use(user('a'));
    await clock.settle();
    leave();
    leave();
    await clock.advance(60_000);
    expect([modbus.opens(), clock.timersWaiting()]).toEqual([1, 0]);
    line.use(user('b'));
    await clock.settle();
    expect(said).toEqual(['0 a open', '60000 b open']);
    await pool.stop();
    await clock.advance(60_000);
    expect([modbus.opens(), clock.timersWaiting()]).toEqual([2, 0]);
  });
});
