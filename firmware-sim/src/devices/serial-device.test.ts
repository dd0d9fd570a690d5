import { fromHex, toHex } from '@gatehouse/protocols';
import type { FrameOutput } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { connect, createVirtualClock, joined, lockProfile, startSerial } from '../testing.ts';
import type { TestPeer } from '../testing.ts';
import { noFaults } from './faults.ts';
import { framesWaitingMax } from './serial-sender.ts';
import { createSerialWires } from './serial-wires.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();
const heard = (peer: TestPeer): string => toHex(joined(peer.received));

/** All of `hex` behind the start, with its XOR. */
const frame = (hex: string): Uint8Array => {
  const content = bytes(hex);
  const told = Uint8Array.of(content.length, ...content);
  return Uint8Array.of(
    2,
    ...told,
    told.reduce((sum, byte) => sum ^ byte, 0),
  );
};
const poll = frame('01 20');
const unlock = (ms: number): Uint8Array => frame(`01 11 ${ms.toString(16).padStart(4, '0')}`);
const done = toHex(frame('01 06'));
/** Lock, tenths of a volt, boxes. */
const status = (lock: string, boxes = '0000000000'): string =>
  toHex(frame(`01 21 ${lock} 0078 ${boxes}`));

const setUp = (options: { readonly baud?: number } = {}) => {
  const clock = createVirtualClock();
  const { simulate } = lockProfile;
  const profile = { ...lockProfile, simulate: { ...simulate, drift: {} } };
  const started = startSerial({ profile, clock, ...options });
  const gateway = connect(started.wires.accept);
  const ask = (request: Uint8Array): string => {
    gateway.received.length = 0;
    gateway.send(request);
    return heard(gateway);
  };
  return { ...started, clock, gateway, ask };
};

describe('a serial device', () => {
  it('answers a poll with what it is', async () => {
    const { ask, clock, device } = setUp();
    expect(ask(poll)).toBe(status('00'));
    device.apply({ kind: 'set', values: { 'telemetry.voltage': 11.3 } });
    await clock.advance(0);
    expect(ask(poll)).toBe(toHex(frame('01 21 00 0071 0000000000')));
  });

  it('carries out a command, answers it, and ends it by itself', async () => {
    const { ask, clock } = setUp();
    expect(ask(unlock(1_000))).toBe(done);
    await clock.advance(50);
    expect(ask(poll)).toBe(status('01'));
    await clock.advance(950);
    expect(ask(poll)).toBe(status('00'));
    await clock.advance(0);
    expect(ask(frame('01 12 03'))).toBe(done);
    await clock.advance(0);
    expect(ask(poll)).toBe(status('00', '0000010000'));
  });

  it.each([
    ['a time that its model does not take', unlock(99)],
    ['a box that it does not have', frame('01 12 06')],
    ['a code that it does not know', frame('01 77')],
    ['another address', frame('02 20')],
    ['a wrong checksum', poll.with(4, (poll[4] ?? 0) ^ 1)],
    ['nothing at all', new Uint8Array()],
  ])('says nothing to %s', async (_case, request) => {
    const { ask, clock } = setUp();
    expect(ask(request)).toBe('');
    await clock.advance(100);
    expect(ask(poll)).toBe(status('00'));
  });

  it('puts a frame together from its bytes, and gives up half a one', async () => {
    const { gateway, clock } = setUp();
    for (const byte of poll) gateway.send(Uint8Array.of(byte));
    expect(heard(gateway)).toBe(status('00'));
    gateway.send(poll.subarray(0, 3));
    await clock.advance(101);
    gateway.received.length = 0;
    gateway.send(poll);
    expect(heard(gateway)).toBe(status('00'));
  });

  it('tells its events', async () => {
    const { device, gateway, clock } = setUp();
    device.apply({ kind: 'act', action: 'swipe' });
    await clock.advance(0);
    expect(heard(gateway)).toBe(
      toHex(frame(`01 30 ${toHex(new TextEncoder().encode('04A1B2C3'))}`)),
    );
  });

  it('takes the time of its wire, one frame after another', async () => {
    const { clock, gateway } = setUp({ baud: 9_600 });
    gateway.send(poll);
    gateway.send(frame('01 12 01'));
    await clock.advance(5);
    expect(heard(gateway)).toBe('');
    // 13 bytes of 10 bits, then 5: 18.75 ms
    await clock.advance(16);
    // The box opens at once, and the reply was made before.
    expect(heard(gateway)).toBe(status('00') + done);
  });

  it('loses what it cannot say in time, in bounded memory', async () => {
    const { clock, gateway } = setUp({ baud: 300 });
    for (let sent = 0; sent < 1_000; sent += 1) gateway.send(poll);
    await clock.advance(600_000);
    expect(joined(gateway.received).length).toBe(framesWaitingMax * 13);
  });

  it('without power neither hears nor speaks, and forgets what it was about to do', async () => {
    const { ask, clock, device } = setUp();
    ask(unlock(30_000));
    await clock.advance(100);
    device.cutPower(2_000);
    expect(ask(poll)).toBe('');
    await clock.advance(2_000);
    expect(ask(poll)).toBe(status('00'));
  });
});

describe('several serial devices on one line', () => {
  it('each answers to its address', async () => {
    const clock = createVirtualClock();
    const wires = createSerialWires();
    const [, second] = [1, 2].map((address) =>
      startSerial({ profile: lockProfile, clock, wires, params: { address }, seed: address }),
    );
    const gateway = connect(wires.acceptLine);
    gateway.send(frame('02 12 05'));
    await clock.advance(0);
    expect(heard(gateway)).toBe(toHex(frame('02 06')));
    gateway.received.length = 0;
    gateway.send(frame('01 20'));
    gateway.send(frame('02 20'));
    gateway.send(frame('03 20'));
    await clock.advance(0);
    expect(heard(gateway)).toBe(status('00') + toHex(frame('02 21 00 0078 0000000001')));
    second?.device.cutPower(1_000);
    gateway.received.length = 0;
    gateway.send(frame('02 20'));
    gateway.send(frame('01 20'));
    await clock.advance(0);
    expect(heard(gateway)).toBe(status('00'));
  });
});

describe('a faulty serial device', () => {
  /** What the codec of the gateway makes of many replies. */
  const outcomes = async (fault: string, count = 200) => {
    const { codec, clock, device, gateway } = setUp();
    device.setFaults({ ...noFaults, [fault]: true });
    const decoder = codec.createDecoder();
    const out: FrameOutput[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      gateway.received.length = 0;
      gateway.send(poll);
      await clock.advance(1_000);
      out.push(...decoder.push(joined(gateway.received), clock.monoMs()));
      out.push(...decoder.expire(clock.monoMs() + 200));
    }
    const frames = out.filter((each) => each.kind === 'frame');
    const good = frames.filter(({ bytes: got }) => toHex(got) === status('00')).length;
    const faults = new Set(out.flatMap((each) => (each.kind === 'fault' ? [each.fault] : [])));
    return { good, wrong: frames.length - good, faults };
  };

  it.each([
    ['silent', 0, 0, []],
    ['badChecksum', 120, 190, ['bad_checksum']],
    ['truncated', 120, 190, ['truncated']],
    ['lossy', 130, 190, ['truncated']],
    ['slow', 200, 200, []],
  ])(
    '%s: from %i to %i of 200 replies are whole, none is wrong',
    async (fault, least, most, seen) => {
      const { good, wrong, faults } = await outcomes(fault);
      expect(good).toBeGreaterThanOrEqual(least);
      expect(good).toBeLessThanOrEqual(most);
      expect(wrong).toBe(0);
      for (const name of seen) expect(faults).toContain(name);
    },
  );

  it('noisy: most replies come through, and noise is told', async () => {
    const { good, faults } = await outcomes('noisy');
    expect(good).toBeGreaterThan(80);
    expect(faults).toContain('noise');
  });

  it('lateReply: some replies miss their time', async () => {
    const { clock, device, gateway } = setUp();
    device.setFaults({ ...noFaults, lateReply: true });
    let late = 0;
    for (let sent = 0; sent < 100; sent += 1) {
      gateway.received.length = 0;
      gateway.send(poll);
      await clock.advance(200);
      if (gateway.received.length === 0) late += 1;
      await clock.advance(500);
      expect(heard(gateway)).toBe(status('00'));
    }
    expect(late).toBeGreaterThan(10);
    expect(late).toBeLessThan(50);
  });

  it('is the same again under the same seed', async () => {
    expect(await outcomes('lossy')).toEqual(await outcomes('lossy'));
  });
});
