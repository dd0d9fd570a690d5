// needs: socat
import { loadCatalogue } from '@gatehouse/device-profiles';
import type { Reason } from '@gatehouse/protocols';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../testing/free-port.ts';
import { createRealWires } from '../testing/real-wires.ts';
import { startSimulator } from '../testing/simulator.ts';
import type { Simulator } from '../testing/simulator.ts';

// A scanner that types and a head that asks, simulated from their profiles in a process of their
// own, and the devices of a gateway at the other end of the wire.

const profiles = await loadCatalogue();
const secret = 'a-secret-of-24-characters';
const inTime = { timeout: 30_000, interval: 50 };

let simulator: Simulator;
let gateway: ReturnType<typeof createRealWires>;
let pushPort = 0;
const codes: string[] = [];
/** What the gateway decides; undefined: nothing, in time. */
let decides: Reason | undefined;

const startGateway = () => {
  const made = createRealWires({
    ...{
      profiles,
      pushPort,
      secrets: new Map([
        ['n1', secret],
        ['n2', secret],
      ]),
    },
    devices: [
      {
        id: 'h1',
        profile: 'gatehouse-scanner-h1',
        port: simulator.path('h1'),
        door: 'room',
        side: 'entry',
      },
      { id: 'n1', profile: 'gatehouse-scanner-n1', port: 'push', door: 'lab', side: 'entry' },
      { id: 'n2', profile: 'gatehouse-scanner-n1', port: 'push', door: 'store', side: 'entry' },
    ],
    onCode: (reader, text) => {
      codes.push(`${reader.id} ${text}`);
      if (decides === undefined) return;
      reader.show(decides);
      if (decides !== 'granted') return;
      const deadlineMs = made.clock.monoMs() + 5_000;
      void made.devices.door('lab')?.unlock({ side: 'entry', cause: 'c', ms: 1_500, deadlineMs });
    },
  });
  made.devices.start();
  return made;
};

beforeEach(async () => {
  pushPort = await freePort();
  const head = (id: string, knows: string) => ({
    ...{ id, profile: 'gatehouse-scanner-n1', door: 'lab', side: 'entry' },
    ...{ asks: `http://127.0.0.1:${pushPort}/push/${id}`, secret: knows },
  });
  simulator = await startSimulator((path) => [
    { id: 'h1', profile: 'gatehouse-scanner-h1', pty: path('h1'), door: 'room', side: 'entry' },
    ...[head('n1', secret), head('n2', `${secret}?`)],
  ]);
  codes.length = 0;
  decides = 'granted';
  gateway = startGateway();
});
afterEach(async () => {
  await gateway.devices.stop();
  await simulator.stop();
});

const present = (id: string, text: string) => simulator.tell(id, 'present', { text });
/** A door is ready once its head has said how its relay is. */
const isReady = () =>
  vi.waitFor(() => {
    const { devices, raised, state } = gateway;
    const why = `n1 is ${state('n1')}; ${raised().join(', ')}`;
    expect(devices.door('lab')?.ready(), why).toBe(true);
  }, inTime);
const lock = (): string | undefined =>
  gateway.devices.doorReports().find(({ door }) => door === 'lab')?.lock;

describe('a scanner that is a keyboard', () => {
  it('types codes with their case and spaces, and what it spoils is no code', async () => {
    const typed = async (text: string): Promise<void> => {
      await vi.waitFor(async () => {
        expect((await present('h1', text)).isGood).toBe(true);
        await vi.waitFor(() => expect(codes).toContain(`h1 ${text}`), { timeout: 2_000 });
      }, inTime);
    };
    await typed(' Ab 7%/"Z ');
    // A pass as long as they come.
    await typed('GH1:'.padEnd(123, 'aB3+'));
    const before = codes.length;
    await simulator.tell('h1', 'faults', { noisy: true, truncated: true, lossy: true, slow: true });
    await typed('A0');
    await typed('b1 C');
    expect(new Set(codes.slice(before))).toEqual(new Set(['h1 A0', 'h1 b1 C']));
    await simulator.tell('h1', 'faults', { silent: true });
    await present('h1', 'D2');
    await simulator.tell('h1', 'faults', {
      ...{ silent: false, noisy: false, truncated: false, lossy: false, slow: false },
    });
    await typed('E3');
    expect(codes).not.toContain('h1 D2');
  });

  it('cannot type what its layout lacks', async () => {
    expect(await present('h1', '门')).toMatchObject({ answer: { error: { code: 'cannot_tell' } } });
  });
});

describe('a head that asks', () => {
  it('is answered, opens its own relay and ends the pulse by itself', async () => {
    await isReady();
    const { isGood, answer } = await present('n1', ' A0%');
    expect([isGood, answer]).toEqual([true, expect.objectContaining({ lamp: 'green' })]);
    expect(answer['text']).toBe('Please enter');
    expect(answer['withinMs']).toBeLessThan(1_500);
    expect(codes).toEqual(['n1  A0%']);
    await vi.waitFor(() => expect(lock()).toBe('unlocked'), inTime);
    await vi.waitFor(() => expect(lock()).toBe('locked'), inTime);
    expect(await simulator.values('n1')).toMatchObject({ 'state.release': false });
  });

  it('shows a refusal, and one when nobody decides in time', async () => {
    await isReady();
    decides = 'expired';
    expect((await present('n1', 'B1')).answer).toMatchObject({ lamp: 'amber' });
    decides = undefined;
    const late = (await present('n1', 'C2')).answer;
    expect(late).toMatchObject({ lamp: 'red' });
    expect(late['withinMs']).toBeLessThan(2_500);
    expect(await simulator.values('n1')).toMatchObject({ 'state.release': false });
    expect(lock()).toBe('locked');
  });

  it('with another secret is refused', async () => {
    expect(await present('n2', 'A0')).toMatchObject({
      ...{ isGood: false, answer: { error: { code: 'gateway_refuses' } } },
    });
    expect(codes).toEqual([]);
  });

  it('asks a gateway that was away, and a lost answer is one scan', async () => {
    await isReady();
    await gateway.devices.stop();
    const away = await present('n1', 'A0');
    expect(away).toMatchObject({ answer: { error: { code: 'not_connected' } } });
    gateway = startGateway();
    await isReady();
    await simulator.tell('n1', 'faults', { lossy: true, slow: true, truncated: true });
    const texts = Array.from({ length: 6 }, (_, i) => `S${i}`);
    for (const text of texts) {
      await vi.waitFor(async () => {
        const { isGood, answer } = await present('n1', text);
        expect(isGood && answer['lamp'] === 'green', JSON.stringify(answer)).toBe(true);
      }, inTime);
    }
    // Each at least once; whoever was not answered held it there again.
    expect([...new Set(codes)]).toEqual(texts.map((text) => `n1 ${text}`));
  });
});
