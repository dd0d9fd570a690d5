import { describe, expect, it } from 'vitest';
import { createMemoryModbus } from '../testing/memory-modbus.ts';
import { createMemorySerial } from '../testing/memory-serial.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createLines } from './lines.ts';

const port = 'tcp://bus:502';
const speed = { baud: 19_200, parity: 'even' } as const;

const bench = () => {
  const clock = createVirtualClock();
  const modbus = createMemoryModbus(clock);
  const serial = createMemorySerial().ports;
  const lines = createLines({ modbus: modbus.ports, serial, clock, log: createSilentLog() });
  const said: string[] = [];
  const user = (name: string) => ({
    onOpen: () => void said.push(`${clock.monoMs()} ${name} open`),
    onLost: (cause: string) => void said.push(`${clock.monoMs()} ${name} lost: ${cause}`),
  });
  return { clock, modbus, lines, said, user, opens: () => modbus.opened.length };
};

describe('the lines of a gateway', () => {
  it('opens one line for two doors on one port, and tells who comes later at once', async () => {
    const { clock, modbus, opens, lines, said, user } = bench();
    lines.modbus(port, speed).use(user('a'));
    await clock.advance(10);
    lines.modbus(port, speed).use(user('b'));
    expect(opens()).toBe(1);
    expect(said).toEqual(['0 a open', '10 b open']);
    expect(modbus.opened).toEqual([{ port, ...speed }]);
  });

  it('opens another port on its own', async () => {
    const { clock, opens, lines, user } = bench();
    lines.modbus(port, speed).use(user('a'));
    lines.modbus('tcp://other:502', speed).use(user('b'));
    await clock.settle();
    expect(opens()).toBe(2);
  });

  it('tells every door of a loss and opens again, waiting longer each time', async () => {
    const { clock, modbus, lines, said, user } = bench();
    const line = lines.modbus(port, speed);
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
    const { clock, opens, lines, said, user } = bench();
    const line = lines.modbus(port, speed);
    const leave = line.use(user('a'));
    await clock.settle();
    leave();
    leave();
    await clock.advance(60_000);
    expect([opens(), clock.timersWaiting()]).toEqual([1, 0]);
    line.use(user('b'));
    await clock.settle();
    expect(said).toEqual(['0 a open', '60000 b open']);
    await lines.stop();
    await clock.advance(60_000);
    expect([opens(), clock.timersWaiting()]).toEqual([2, 0]);
  });
});
