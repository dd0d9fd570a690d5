import { compileProfile, loadCatalogue } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import type { SerialPorts } from '../ports.ts';
import { createMemoryModbus } from '../testing/memory-modbus.ts';
import { createMemorySerial } from '../testing/memory-serial.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createLines } from './lines.ts';
import { createSerialDevice } from './serial-device.ts';

const catalogue = await loadCatalogue();
const ack = '\u0006';
/** STX, text, ETX and the XOR of text and ETX. */
const framed = (text: string): string => {
  const lrc = [...`${text}\u0003`].reduce((sum, char) => sum ^ char.charCodeAt(0), 0);
  return `\u0002${text}\u0003${String.fromCharCode(lrc)}`;
};
const approved =
  '0210|00|597029414300|IT750050|ABC123|925171|1200|00|0|3331|000072|DB|000000|0331|P|1|2||||';

/** A model of the catalogue on a line of its own. */
const device = (id: string, ports: SerialPorts) => {
  const profile = catalogue.get(id);
  if (profile === undefined) throw new Error(`no profile ${id}`);
  const codec = compileProfile(profile, 'serial', id.startsWith('chafon') ? { address: 0 } : {});
  if (codec.transport !== 'serial') throw new Error('a serial binding');
  const clock = createVirtualClock();
  const log = createSilentLog();
  const modbus = createMemoryModbus(clock).ports;
  const lines = createLines({ serial: ports, modbus, clock, log });
  const port = '/dev/line';
  const events: string[] = [];
  const said: string[] = [];
  const driver = createSerialDevice({
    ...{ deviceId: 'one', port, codec, model: profile.model, clock, log },
    line: lines.serial(port, codec),
    onReading: ({ events: told }) => void events.push(...told.map(({ event }) => event)),
    onLink: (state) => void said.push(state),
    onCondition: () => undefined,
  });
  driver.start();
  return { clock, driver, events, said };
};

/** A payment terminal whose every message is to be acknowledged. */
const terminal = () => {
  const serial = createMemorySerial();
  return { serial, ...device('transbank-pos-integrado', serial.ports) };
};

/** Answers whatever it is asked by these bytes. */
const answering = (hex: string): SerialPorts => {
  const reply = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  let hear: (chunk: Uint8Array) => void = () => undefined;
  return {
    open: () =>
      Promise.resolve({
        write: () => {
          hear(reply);
          return Promise.resolve();
        },
        onData: (run) => {
          hear = run;
        },
        onClose: () => undefined,
        close: () => Promise.resolve(),
      }),
  };
};

describe('a device that waits for an answer to what it tells', () => {
  it('has it at once, in the middle of a command', async () => {
    const { clock, serial, driver, events } = terminal();
    await clock.advance(100);
    serial.come(ack);
    serial.written.length = 0;
    const paying = driver.run('pay', { amount: 1200 }, { deadlineMs: Infinity });
    await clock.advance(100);
    serial.come(ack);
    serial.come(framed('0900|78'));
    await clock.advance(2_000);
    serial.come(framed(approved));
    expect(serial.written).toEqual([framed('0200|1200|1|||1|'), ack, ack]);
    expect(await paying).toEqual({ outcome: 'confirmed' });
    expect(events).toEqual(['paid']);
  });

  it('has none to what is broken, and its refusal ends the command', async () => {
    const { clock, serial, driver, events } = terminal();
    await clock.advance(100);
    serial.come(ack);
    serial.written.length = 0;
    const paying = driver.run('pay', { amount: 1200 }, { deadlineMs: Infinity });
    await clock.advance(100);
    serial.come(`${framed(approved).slice(0, -1)}~`);
    await clock.advance(1_000);
    expect(serial.written).toHaveLength(1);
    serial.come(framed('0210|07|||ABC||1200||||||||||||||'));
    expect(await paying).toEqual({ outcome: 'refused', code: 'cancelled' });
    expect(serial.written.slice(1)).toEqual([ack]);
    expect(events).toEqual([]);
  });
});

describe('a poll', () => {
  it('waits as long as it says itself, and not as long as a payment', async () => {
    const { clock, serial } = terminal();
    await clock.advance(100);
    expect(serial.written).toEqual([framed('0100')]);
    await clock.advance(31_500);
    expect(serial.written).toEqual([framed('0100'), framed('0100')]);
  });

  it('is answered by what comes in the place of its reply', async () => {
    const tag = '13 00 01 01 01 0C E2 80 69 15 00 00 50 32 42 41 CC ED 57 78';
    const { clock, said, events } = device('chafon-cf-ru5102', answering(tag));
    await clock.advance(3_000);
    expect(said).toEqual(['online']);
    expect(events.length).toBeGreaterThanOrEqual(5);
  });
});
