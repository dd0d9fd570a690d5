import { loadCatalogue, writeFeedback } from '@gatehouse/device-profiles';
import type { LineScannerProfile } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { connect, createVirtualClock, joined } from '../testing.ts';
import type { TestPeer } from '../testing.ts';
import { noFaults } from './faults.ts';
import { createRandom } from './random.ts';
import { createScanner, peopleMax, presentWaitMs } from './scanner.ts';
import type { Scanner } from './scanner.ts';

const found = (await loadCatalogue()).get('gatehouse-scanner-s1');
if (found?.kind !== 'line-scanner') throw new Error('no scanner in the catalogue');
const profile: LineScannerProfile = found;

const green = `${writeFeedback(profile.feedback ?? '', {
  lamp: 'green',
  tone: 'ok',
  text: '请通行',
})}\r\n`;

const setUp = (change: Partial<LineScannerProfile> = {}) => {
  const clock = createVirtualClock();
  const scanner = createScanner({
    profile: { ...profile, ...change },
    clock,
    random: createRandom(1),
    baud: profile.serial.baud,
  });
  return { clock, scanner };
};

const textOf = (peer: TestPeer): string => new TextDecoder().decode(joined(peer.received));
const answering = (scanner: Scanner): TestPeer =>
  connect(scanner.accept, (peer) => {
    if (peer.received.at(-1)?.at(-1) === 0x0d) peer.send(green);
  });

describe('scanner', () => {
  it('sends a code as a line with CR and tells what the gateway showed', async () => {
    const { clock, scanner } = setUp();
    const gateway = connect(scanner.accept);
    const presented = scanner.present(' A0');
    await clock.advance(100);
    expect(textOf(gateway)).toBe(' A0\r');
    gateway.send(green.slice(0, 9));
    gateway.send(green.slice(9));
    const feedback = { lamp: 'green', tone: 'ok', text: '请通行' };
    const answer = await presented;
    expect(answer).toMatchObject({ ok: true, feedback });
    if (answer.ok) expect(answer.withinMs).toBeCloseTo(100, 0);
    expect(scanner.state().shown).toEqual({ ...feedback, atMs: clock.nowMs() });
  });

  it('hears a gateway that answers within the last write', async () => {
    const { clock, scanner } = setUp();
    answering(scanner);
    const presented = scanner.present('A0');
    await clock.advance(10);
    expect(await presented).toMatchObject({ ok: true, withinMs: 0 });
  });

  it.each([
    ['nobody is connected', 'not_connected', false, noFaults],
    ['the gateway says nothing', 'no_feedback', true, noFaults],
    ['the head is silent', 'no_feedback', true, { ...noFaults, silent: true }],
  ])('says so when %s', async (_case, why, isConnected, faults) => {
    const { clock, scanner } = setUp();
    const gateway = isConnected ? connect(scanner.accept) : undefined;
    scanner.setFaults(faults);
    const presented = scanner.present('A0');
    await clock.advance(presentWaitMs + 10);
    expect(await presented).toEqual({ ok: false, why });
    expect(gateway === undefined || faults.silent ? '' : textOf(gateway)).toBe(
      isConnected && !faults.silent ? 'A0\r' : '',
    );
  });

  it('lets people wait for each other, and turns away too many', async () => {
    const { clock, scanner } = setUp();
    const gateway = answering(scanner);
    const crowd = Array.from({ length: peopleMax + 1 }, (_, i) => scanner.present(`P${i}`));
    await clock.advance(1_000);
    const results = await Promise.all(crowd);
    expect(results.filter(({ ok }) => ok)).toHaveLength(peopleMax);
    expect(results.at(-1)).toEqual({ ok: false, why: 'busy' });
    expect(textOf(gateway)).toBe('P0\rP1\rP2\rP3\rP4\rP5\rP6\rP7\r');
    const next = scanner.present('later');
    await clock.advance(10);
    expect(await next).toMatchObject({ ok: true });
  });

  it('a new client replaces the old one, which hears nothing more', async () => {
    const { clock, scanner } = setUp();
    const first = connect(scanner.accept);
    const second = connect(scanner.accept);
    await clock.advance(0);
    expect([first.isClosed(), second.isClosed()]).toEqual([true, false]);
    expect(scanner.state().connected).toBe(true);
    expect(scanner.sendRaw(Uint8Array.of(1, 2, 3))).toBe(true);
    expect([joined(first.received), joined(second.received)]).toEqual([
      new Uint8Array(),
      Uint8Array.of(1, 2, 3),
    ]);
    second.hangUp();
    expect(scanner.sendRaw(Uint8Array.of(1))).toBe(false);
  });

  it('uses the serial line while no network client is there', () => {
    const { scanner } = setUp();
    const line = connect(scanner.acceptLine);
    scanner.sendRaw(Uint8Array.of(1));
    const client = connect(scanner.accept);
    scanner.sendRaw(Uint8Array.of(2));
    client.hangUp();
    scanner.sendRaw(Uint8Array.of(3));
    expect([joined(line.received), joined(client.received)]).toEqual([
      Uint8Array.of(1, 3),
      Uint8Array.of(2),
    ]);
  });

  it('keeps what it showed last through lines that it cannot read', async () => {
    const { clock, scanner } = setUp();
    const gateway = connect(scanner.accept);
    gateway.send(green);
    gateway.send('HELLO\r\n');
    gateway.send(`${'x'.repeat(100_000)}\r\n`);
    gateway.send(Uint8Array.of(0xff, 0xfe, 0x0d));
    await clock.advance(0);
    expect(scanner.state().shown).toMatchObject({ lamp: 'green', tone: 'ok', text: '请通行' });
  });

  it('a head without a display is done when its bytes have left', async () => {
    const { feedback: _none, ...blind } = profile;
    const clock = createVirtualClock();
    const scanner = createScanner({
      profile: blind,
      clock,
      random: createRandom(1),
      baud: undefined,
    });
    connect(scanner.accept);
    expect(await scanner.present('A0')).toEqual({ ok: true, feedback: {}, withinMs: 0 });
  });

  it('leaves nobody waiting when it stops', async () => {
    const { clock, scanner } = setUp();
    connect(scanner.accept);
    const presented = scanner.present('A0');
    await clock.advance(10);
    scanner.stop();
    expect(await presented).toEqual({ ok: false, why: 'no_feedback' });
  });
});
