import { loadCatalogue } from '@gatehouse/device-profiles';
import type { DeviceProfile } from '@gatehouse/device-profiles';
import { fromHex, toHex } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { connect, createVirtualClock, joined, modbusStation, startModbus } from '../testing.ts';
import { noFaults } from './faults.ts';
import { createModbusLine } from './modbus-line.ts';

const found = (await loadCatalogue()).get('gatehouse-turnstile-t1');
if (found === undefined) throw new Error('no turnstile in the catalogue');
const profile: DeviceProfile = found;

const bytes = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();

const setUp = () => {
  const clock = createVirtualClock();
  const { device, line } = startModbus(profile, clock);
  const gateway = connect(line.acceptTcp);
  const ask = (hex: string): string => {
    gateway.received.length = 0;
    gateway.send(bytes(hex));
    return toHex(joined(gateway.received));
  };
  const view = () => device.door();
  return { clock, device, line, gateway, ask, view };
};

// Register 16, five seconds; discrete inputs 0 to 6: entry, exit, beams, -, fire, tamper.
const release = '0001 0000 0006 01 06 0010 0032';
const released = '000100000006010600100032';
const look = '0002 0000 0006 01 02 0000 0007';
const looks = (bits: string): string => `000200000004010201${bits}`;

describe('a door controller on Modbus TCP', () => {
  it.each([
    ['writes the timed register', release, released],
    ['reads inputs', look, looks('00')],
    ['reads a gap between its inputs as 0', '0002 0000 0006 01 02 0004 0001', looks('00')],
    ['knows no input 7', '0002 0000 0006 01 02 0000 0008', '000200000003018202'],
    ['knows no function 4', '0002 0000 0006 01 04 0000 0001', '000200000003018401'],
    ['does not write a gap', '0002 0000 0008 01 0f 0000 0003 01 07', '000200000003018f02'],
    ['is silent for another unit', '0002 0000 0006 02 02 0000 0007', ''],
    ['is silent for a broadcast', '0002 0000 0006 00 02 0000 0007', ''],
  ])('%s', (_case, request, answer) => {
    expect(setUp().ask(request)).toBe(answer);
  });

  it('writes two registers at once, or none', () => {
    const { ask, view } = setUp();
    expect(ask('0001 0000 000b 01 10 0010 0002 04 0032 0005')).toBe('000100000006011000100002');
    expect(view()?.outputs).toMatchObject({ entry: { on: true }, exit: { on: true } });
    expect(ask('0001 0000 000b 01 10 0011 0002 04 0000 0000')).toBe('000100000003019002');
    expect(view()?.outputs).toMatchObject({ exit: { on: true } });
  });

  it.each([
    ['too long for the model', '0001 0000 0006 01 06 0010 ffff', '000100000003018603'],
    [
      'too short for it',
      '0001 0000 000b 01 10 0010 0002 04 0032 0000',
      '0001000000060110' + '00100002',
    ],
    ['no register', '0001 0000 0006 01 06 0063 0001', '000100000003018602'],
    [
      'two registers, one of them too long',
      '0001 0000 000b 01 10 0010 0002 04 0032 ffff',
      '000100000003019003',
    ],
    ['a coil that is there', '0001 0000 0006 01 05 0001 ff00', '00010000000601050001ff00'],
    ['a coil that is not', '0001 0000 0006 01 05 0002 ff00', '000100000003018502'],
  ])('a write: %s', (_case, request, answer) => {
    expect(setUp().ask(request)).toBe(answer);
  });

  it('a value that does not fit does nothing, nor does what stands beside it', () => {
    const { ask, view } = setUp();
    ask('0001 0000 000b 01 10 0010 0002 04 0032 ffff');
    expect(view()?.outputs).toMatchObject({ entry: { on: false }, exit: { on: false } });
  });

  it('a plain coil is read where it is, stays on, and ends with the release', async () => {
    const { ask, clock, view } = setUp();
    const coils = '0003 0000 0006 01 01 0000 0002';
    ask('0001 0000 0006 01 05 0000 ff00');
    ask(release);
    await clock.advance(60_000);
    expect(ask(coils)).toBe('00030000000401010101');
    expect(ask(look)).toBe(looks('01'));
    ask('0001 0000 0006 01 06 0010 0000');
    expect(view()?.outputs.entry).toMatchObject({ on: true, latched: true });
    ask('0001 0000 0006 01 05 0000 0000');
    expect(view()?.outputs.entry).toMatchObject({ on: false, latched: false });
    expect(ask(coils)).toBe('00030000000401010100');
  });

  it('locks by itself', async () => {
    const { ask, clock, view } = setUp();
    ask(release);
    await clock.advance(4_950);
    expect(view()?.outputs.entry?.timedLeftMs).toBe(50);
    expect(ask(look)).toBe(looks('01'));
    await clock.advance(50);
    expect(ask(look)).toBe(looks('00'));
  });

  it('shows a person who walks through', async () => {
    const { ask, clock, device } = setUp();
    ask(release);
    expect(device.apply({ kind: 'walk', side: 'entry' })).toBe('passed');
    expect(ask(look)).toBe(looks('05'));
    await clock.advance(300);
    expect(ask(look)).toBe(looks('01'));
  });

  it('drops who does not speak Modbus, and more than eight', async () => {
    const { clock, gateway, line } = setUp();
    gateway.send('GET / HTTP/1.1\r\n');
    await clock.advance(0);
    expect(gateway.isClosed()).toBe(true);
    const many = Array.from({ length: 9 }, () => connect(line.acceptTcp));
    await clock.advance(0);
    expect(many.map((peer) => peer.isClosed()).filter(Boolean)).toHaveLength(1);
  });
});

describe('a door controller on Modbus RTU', () => {
  it('answers a request with its CRC, and acts on no flipped one', async () => {
    const { clock, line, view } = setUp();
    const wire = connect(line.acceptLine);
    // CRC by the client library that the gateway uses
    wire.send(bytes('01060010003208da'));
    expect(view()?.outputs.entry?.on).toBe(false);
    await clock.advance(20);
    wire.send(bytes('01060010003209da'));
    expect(toHex(joined(wire.received))).toBe('01060010003209da');
    expect(view()?.outputs.entry?.on).toBe(true);
  });
});

describe('several units on one line', () => {
  const share = () => {
    const clock = createVirtualClock();
    const stations = [3, 5].map((unit) => modbusStation({ profile, clock, unit }));
    const line = createModbusLine({ stations, clock });
    const gateway = connect(line.acceptTcp);
    const ask = (unit: string, pdu: string): string => {
      gateway.received.length = 0;
      gateway.send(bytes(`0001 0000 0006 ${unit} ${pdu}`));
      return toHex(joined(gateway.received)).slice(12);
    };
    return { clock, stations, line, gateway, ask };
  };

  it('each answers for itself, nobody for a third', () => {
    const { ask } = share();
    expect(ask('03', '06 0010 0032')).toBe('030600100032');
    expect(ask('03', '02 0000 0007')).toBe('03020101');
    expect(ask('05', '02 0000 0007')).toBe('05020100');
    expect(ask('04', '02 0000 0007')).toBe('');
  });

  it('one without power is silent; the line goes with the last of them', async () => {
    const { ask, stations, gateway, clock, line } = share();
    stations[0]?.device.cutPower(1_000);
    await clock.advance(0);
    expect(gateway.isClosed()).toBe(false);
    expect(ask('03', '02 0000 0007')).toBe('');
    expect(ask('05', '02 0000 0007')).toBe('05020100');
    stations[1]?.device.cutPower(1_000);
    await clock.advance(0);
    expect([gateway.isClosed(), line.isConnected()]).toEqual([true, false]);
  });

  it('what is wrong with one is not with the other', () => {
    const { ask, stations } = share();
    stations[0]?.device.setFaults({ ...noFaults, silent: true });
    expect(ask('03', '02 0000 0007')).toBe('');
    expect(ask('05', '02 0000 0007')).toBe('05020100');
  });
});

describe('a faulty door controller', () => {
  it('silent: neither answers nor acts', () => {
    const { ask, device, view } = setUp();
    device.setFaults({ ...noFaults, silent: true });
    expect([ask(release), ask('0002 0000 0002 01 55')]).toEqual(['', '']);
    expect(view()?.outputs.entry?.on).toBe(false);
  });

  it('slow: answers late, in order', async () => {
    const { ask, clock, device, gateway } = setUp();
    device.setFaults({ ...noFaults, slow: true });
    expect(ask(release)).toBe('');
    gateway.send(bytes(look));
    await clock.advance(49);
    expect(gateway.received).toEqual([]);
    device.setFaults(noFaults);
    gateway.send(bytes('000300000006010200000007'));
    await clock.advance(451);
    expect(gateway.received.map((reply) => toHex(reply).slice(0, 4))).toEqual([
      '0001',
      '0002',
      '0003',
    ]);
  });

  it('slow: a flood of requests waits in bounded memory', async () => {
    const { clock, device, gateway } = setUp();
    device.setFaults({ ...noFaults, slow: true });
    const request = bytes(look);
    for (let sent = 0; sent < 1_000; sent += 1) gateway.send(request);
    await clock.advance(1_000);
    expect(gateway.received).toHaveLength(64);
  });

  it('noisy: some answers are exceptions or garbage, and an exception did nothing', () => {
    const { ask, device } = setUp();
    device.setFaults({ ...noFaults, noisy: true });
    const answers = Array.from({ length: 400 }, () => ask(look));
    const good = answers.filter((answer) => answer === looks('00')).length;
    const busy = answers.filter((answer) => answer === '000200000003018206').length;
    expect(good).toBeGreaterThan(240);
    expect(good).toBeLessThan(320);
    expect(busy).toBeGreaterThan(20);
    expect(answers.length - good - busy).toBeGreaterThan(40);
  });

  it('without power: outputs off, connections gone, back after a while', async () => {
    const { ask, clock, device, gateway, line, view } = setUp();
    ask('0001 0000 0006 01 05 0000 ff00');
    expect(view()?.outputs.entry?.on).toBe(true);
    device.cutPower(2_000);
    await clock.advance(1_999);
    const early = connect(line.acceptTcp);
    await clock.advance(0);
    expect([gateway.isClosed(), early.isClosed()]).toEqual([true, true]);
    expect(device.isPowered()).toBe(false);
    expect(view()?.outputs.entry?.on).toBe(false);
    await clock.advance(1);
    const late = connect(line.acceptTcp);
    late.send(bytes(look));
    expect(toHex(joined(late.received))).toBe(looks('00'));
    expect([device.isPowered(), line.isConnected()]).toEqual([true, true]);
  });

  it('badChecksum: RTU replies end wrong now and then, TCP has none', () => {
    const { device, line, ask } = setUp();
    device.setFaults({ ...noFaults, badChecksum: true });
    const wire = connect(line.acceptLine);
    // Unit 1, function 2, inputs 0 to 6, with its CRC
    for (let sent = 0; sent < 100; sent += 1) wire.send(bytes('01 02 00 00 00 07 39 c8'));
    const replies = wire.received.map((reply) => toHex(reply));
    expect(new Set(replies.map((reply) => reply.slice(0, 8)))).toEqual(new Set(['01020100']));
    expect(new Set(replies).size).toBe(2);
    const answers = new Set(Array.from({ length: 100 }, () => ask(look)));
    expect(answers).toEqual(new Set([looks('00')]));
  });

  it.each(['truncated', 'lossy'] as const)('%s: on TCP whole replies or none', (fault) => {
    const { device, ask } = setUp();
    device.setFaults({ ...noFaults, [fault]: true });
    const answers = new Set(Array.from({ length: 300 }, () => ask(look)));
    expect(answers).toEqual(new Set(['', looks('00')]));
  });

  it('lateReply: some come when nobody waits any more', async () => {
    const { clock, device, gateway } = setUp();
    device.setFaults({ ...noFaults, lateReply: true });
    const lateMs: number[] = [];
    for (let sent = 0; sent < 40; sent += 1) {
      gateway.received.length = 0;
      gateway.send(bytes(look));
      const sentMs = clock.monoMs();
      while (gateway.received.length === 0) await clock.advance(10);
      lateMs.push(clock.monoMs() - sentMs);
    }
    const late = lateMs.filter((ms) => ms > 0);
    expect(late.length).toBeGreaterThan(2);
    expect(late.length).toBeLessThan(25);
    expect(Math.min(...late)).toBeGreaterThan(200);
  });

  it('reboot: its outputs fall and its connections go, again and again', async () => {
    const { ask, clock, device, gateway, view } = setUp();
    ask('0001 0000 0006 01 05 0000 ff00');
    device.setFaults({ ...noFaults, reboot: true });
    await clock.advance(20_000);
    expect(gateway.isClosed()).toBe(true);
    expect(view()?.outputs.entry?.on).toBe(false);
    let offMs = 0;
    for (let ms = 0; ms < 60_000; ms += 100) {
      await clock.advance(100);
      if (!device.isPowered()) offMs += 100;
    }
    expect(offMs).toBeGreaterThan(3_000);
    expect(offMs).toBeLessThan(30_000);
    device.setFaults(noFaults);
    await clock.advance(60_000);
    expect(device.isPowered()).toBe(true);
  });
});
