import { loadCatalogue } from '@gatehouse/device-profiles';
import type { ModbusDoorProfile } from '@gatehouse/device-profiles';
import { fromHex, toHex } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { connect, createVirtualClock, joined } from '../testing.ts';
import { createDoorController } from './door-controller.ts';
import { noFaults } from './faults.ts';
import { createRandom } from './random.ts';

const found = (await loadCatalogue()).get('gatehouse-turnstile-t1');
if (found?.kind !== 'modbus-door') throw new Error('no turnstile in the catalogue');
const profile: ModbusDoorProfile = found;

const setUp = () => {
  const clock = createVirtualClock();
  const door = createDoorController({ profile, unit: 1, clock, random: createRandom(1) });
  const gateway = connect(door.acceptTcp);
  const ask = (hex: string): string => {
    gateway.received.length = 0;
    gateway.send(fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array());
    return toHex(joined(gateway.received));
  };
  return { clock, door, gateway, ask };
};

// Register 16, five seconds; discrete inputs 0 to 6: entry, exit, beams, -, fire, tamper.
const release = '0001 0000 0006 01 06 0010 0032';
const released = '000100000006010600100032';
const look = '0002 0000 0006 01 02 0000 0007';
const looks = (bits: string): string => `000200000004010201${bits}`;

describe('door controller on Modbus TCP', () => {
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
    const { ask, door } = setUp();
    expect(ask('0001 0000 000b 01 10 0010 0002 04 0032 0005')).toBe('000100000006011000100002');
    expect(door.state().outputs).toMatchObject({ entry: { on: true }, exit: { on: true } });
    expect(ask('0001 0000 000b 01 10 0011 0002 04 0000 0000')).toBe('000100000003019002');
    expect(door.state().outputs).toMatchObject({ exit: { on: true } });
  });

  it('locks by itself, and counts down its register', async () => {
    const { ask, clock } = setUp();
    ask(release);
    await clock.advance(4_950);
    expect(ask('0003 0000 0006 01 03 0010 0001')).toBe('00030000000501030200' + '01');
    expect(ask(look)).toBe(looks('01'));
    await clock.advance(50);
    expect(ask(look)).toBe(looks('00'));
  });

  it('shows a person who walks through', async () => {
    const { ask, clock, door } = setUp();
    ask(release);
    expect(door.act({ kind: 'walk', side: 'entry' })).toBe('passed');
    expect(ask(look)).toBe(looks('05'));
    await clock.advance(300);
    expect(ask(look)).toBe(looks('01'));
  });

  it('drops who does not speak Modbus, and more than eight', async () => {
    const { clock, door, gateway } = setUp();
    gateway.send('GET / HTTP/1.1\r\n');
    await clock.advance(0);
    expect(gateway.isClosed()).toBe(true);
    const many = Array.from({ length: 9 }, () => connect(door.acceptTcp));
    await clock.advance(0);
    expect(many.map((peer) => peer.isClosed()).filter(Boolean)).toHaveLength(1);
  });
});

describe('door controller on Modbus RTU', () => {
  it('answers a request with its CRC, and acts on no flipped one', async () => {
    const { clock, door } = setUp();
    const line = connect(door.acceptLine);
    // CRC by the client library that the gateway uses
    line.send(fromHex('01060010003208da') ?? '');
    expect(door.state().outputs.entry?.on).toBe(false);
    await clock.advance(20);
    line.send(fromHex('01060010003209da') ?? '');
    expect(toHex(joined(line.received))).toBe('01060010003209da');
    expect(door.state().outputs.entry?.on).toBe(true);
  });
});

describe('a faulty door controller', () => {
  it('silent: neither answers nor acts', () => {
    const { ask, door } = setUp();
    door.setFaults({ ...noFaults, silent: true });
    expect([ask(release), ask('0002 0000 0002 01 55')]).toEqual(['', '']);
    expect(door.state().outputs.entry?.on).toBe(false);
  });

  it('slow: answers late, in order', async () => {
    const { ask, clock, door, gateway } = setUp();
    door.setFaults({ ...noFaults, slow: true });
    expect(ask(release)).toBe('');
    gateway.send(fromHex(look.replaceAll(' ', '')) ?? '');
    await clock.advance(49);
    expect(gateway.received).toEqual([]);
    door.setFaults(noFaults);
    gateway.send(fromHex('000300000006010200000007') ?? '');
    await clock.advance(451);
    expect(gateway.received.map((reply) => toHex(reply).slice(0, 4))).toEqual([
      '0001',
      '0002',
      '0003',
    ]);
  });

  it('slow: a flood of requests waits in bounded memory', async () => {
    const { clock, door, gateway } = setUp();
    door.setFaults({ ...noFaults, slow: true });
    const request = fromHex(look.replaceAll(' ', '')) ?? '';
    for (let sent = 0; sent < 1_000; sent += 1) gateway.send(request);
    await clock.advance(1_000);
    expect(gateway.received).toHaveLength(64);
  });

  it('noisy: some answers are exceptions or garbage, and an exception did nothing', () => {
    const { ask, door } = setUp();
    door.setFaults({ ...noFaults, noisy: true });
    const answers = Array.from({ length: 400 }, () => ask(look));
    const good = answers.filter((answer) => answer === looks('00')).length;
    const busy = answers.filter((answer) => answer === '000200000003018206').length;
    expect(good).toBeGreaterThan(240);
    expect(good).toBeLessThan(320);
    expect(busy).toBeGreaterThan(20);
    expect(answers.length - good - busy).toBeGreaterThan(40);
  });

  it('without power: outputs off, connections gone, back after a while', async () => {
    const { ask, clock, door, gateway } = setUp();
    ask('0001 0000 0006 01 05 0000 ff00');
    expect(door.state().outputs.entry?.on).toBe(true);
    door.cutPower(2_000);
    await clock.advance(1_999);
    const early = connect(door.acceptTcp);
    await clock.advance(0);
    expect([gateway.isClosed(), early.isClosed()]).toEqual([true, true]);
    expect(door.state()).toMatchObject({ powered: false, outputs: { entry: { on: false } } });
    await clock.advance(1);
    const late = connect(door.acceptTcp);
    late.send(fromHex(look.replaceAll(' ', '')) ?? '');
    expect(toHex(joined(late.received))).toBe(looks('00'));
    expect(door.state()).toMatchObject({ powered: true, connected: true });
  });
});
