import { loadCatalogue } from '@gatehouse/device-profiles';
import type { DeviceProfile } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { connect, createVirtualClock, joined, lockProfile, startSerial } from '../testing.ts';
import type { TestPeer } from '../testing.ts';
import { noFaults } from './faults.ts';
import { peopleMax, presentWaitMs } from './reader.ts';
import type { SerialWires } from './serial-wires.ts';

const found = (await loadCatalogue()).get('gatehouse-scanner-s1');
if (found === undefined) throw new Error('no scanner in the catalogue');
const profile: DeviceProfile = found;

const green = 'LAMP green;TONE ok;TEXT 请通行\r\n';
/** The same head without lamp, beeper and display. */
const { serial: binding } = profile.bindings;
if (binding?.transport !== 'serial') throw new Error('no serial wire');
const { commands: _none, ...mute } = binding;
const blind: DeviceProfile = { ...profile, bindings: { serial: mute } };

const setUp = (
  model: DeviceProfile = profile,
  wire: { readonly baud?: number } = { baud: 115_200 },
) => {
  const clock = createVirtualClock();
  const started = startSerial({ profile: model, clock, ...wire });
  const { reader } = started;
  if (reader === undefined) throw new Error('no reader');
  return { ...started, reader, clock, present: (text: string) => reader.present('text', text) };
};

const textOf = (peer: TestPeer): string => new TextDecoder().decode(joined(peer.received));
const answering = (wires: SerialWires): TestPeer =>
  connect(wires.accept, (peer) => {
    if (peer.received.at(-1)?.at(-1) === 0x0a) peer.send(green);
  });

describe('a reader', () => {
  it('sends a code as a line and tells what the gateway showed', async () => {
    const { clock, present, reader, wires } = setUp();
    const gateway = connect(wires.accept);
    const presented = present(' A0');
    await clock.advance(100);
    expect(textOf(gateway)).toBe(' A0\r\n');
    gateway.send(green.slice(0, 9));
    gateway.send(green.slice(9));
    const feedback = { lamp: 'green', tone: 'ok', text: '请通行' };
    const answer = await presented;
    expect(answer).toMatchObject({ ok: true, feedback });
    if (answer.ok) expect(answer.withinMs).toBeCloseTo(100, 0);
    expect(reader.shown()).toEqual({ ...feedback, atMs: clock.nowMs() });
  });

  it('hears a gateway that answers within the last write', async () => {
    const { clock, present, wires } = setUp();
    answering(wires);
    const presented = present('A0');
    await clock.advance(10);
    expect(await presented).toMatchObject({ ok: true, withinMs: 0 });
  });

  it.each([
    ['nobody is connected', 'not_connected', false, noFaults],
    ['the gateway says nothing', 'no_feedback', true, noFaults],
    ['the head is silent', 'no_feedback', true, { ...noFaults, silent: true }],
  ])('says so when %s', async (_case, why, isConnected, faults) => {
    const { clock, present, device, wires } = setUp();
    const gateway = isConnected ? connect(wires.accept) : undefined;
    device.setFaults(faults);
    const presented = present('A0');
    await clock.advance(presentWaitMs + 10);
    expect(await presented).toEqual({ ok: false, why });
    expect(gateway === undefined || faults.silent ? '' : textOf(gateway)).toBe(
      isConnected && !faults.silent ? 'A0\r\n' : '',
    );
  });

  it('lets people wait for each other, and turns away too many', async () => {
    const { clock, present, wires } = setUp();
    const gateway = answering(wires);
    const crowd = Array.from({ length: peopleMax + 1 }, (_, i) => present(`P${i}`));
    await clock.advance(1_000);
    const results = await Promise.all(crowd);
    expect(results.filter(({ ok }) => ok)).toHaveLength(peopleMax);
    expect(results.at(-1)).toEqual({ ok: false, why: 'busy' });
    expect(textOf(gateway)).toBe('P0\r\nP1\r\nP2\r\nP3\r\nP4\r\nP5\r\nP6\r\nP7\r\n');
    const next = present('later');
    await clock.advance(10);
    expect(await next).toMatchObject({ ok: true });
  });

  it('a new client replaces the old one, which hears nothing more', async () => {
    const { clock, serial, wires } = setUp();
    const first = connect(wires.accept);
    const second = connect(wires.accept);
    await clock.advance(0);
    expect([first.isClosed(), second.isClosed()]).toEqual([true, false]);
    expect(serial.isConnected()).toBe(true);
    expect(serial.sendRaw(Uint8Array.of(1, 2, 3))).toBe(true);
    expect([joined(first.received), joined(second.received)]).toEqual([
      new Uint8Array(),
      Uint8Array.of(1, 2, 3),
    ]);
    second.hangUp();
    expect(serial.sendRaw(Uint8Array.of(1))).toBe(false);
  });

  it('uses the serial line while no network client is there', () => {
    const { serial, wires } = setUp();
    const line = connect(wires.acceptLine);
    serial.sendRaw(Uint8Array.of(1));
    const client = connect(wires.accept);
    serial.sendRaw(Uint8Array.of(2));
    client.hangUp();
    serial.sendRaw(Uint8Array.of(3));
    expect([joined(line.received), joined(client.received)]).toEqual([
      Uint8Array.of(1, 3),
      Uint8Array.of(2),
    ]);
  });

  it('keeps what it showed last through lines that it cannot read', async () => {
    const { clock, reader, wires } = setUp();
    const gateway = connect(wires.accept);
    gateway.send(green);
    gateway.send('HELLO\r\n');
    gateway.send(`${'x'.repeat(100_000)}\r\n`);
    gateway.send(Uint8Array.of(0xff, 0xfe, 0x0d));
    await clock.advance(0);
    expect(reader.shown()).toMatchObject({ lamp: 'green', tone: 'ok', text: '请通行' });
  });

  it('a head without a display is done when its bytes have left', async () => {
    const { present, wires } = setUp(blind, {});
    connect(wires.accept);
    expect(await present('A0')).toEqual({ ok: true, feedback: {}, withinMs: 0 });
  });

  it('reads what its model reads, and nothing else', async () => {
    const { reader } = setUp();
    expect([reader.reads('text'), reader.reads('uid')]).toEqual([true, false]);
    const lock = setUp(lockProfile, {});
    expect([lock.reader.reads('text'), lock.reader.reads('uid')]).toEqual([false, true]);
    const gateway = connect(lock.wires.accept);
    expect(await lock.reader.present('uid', '04A1')).toMatchObject({ ok: true });
    // 02, length, address, code 30, text, XOR of all behind 02
    expect(textOf(gateway)).toBe('\u0002\u0006\u0001' + '004A1C');
  });

  it('leaves nobody waiting when it stops', async () => {
    const { clock, present, reader, wires } = setUp();
    connect(wires.accept);
    const presented = present('A0');
    await clock.advance(10);
    reader.stop();
    expect(await presented).toEqual({ ok: false, why: 'no_feedback' });
  });
});
