import { loadCatalogue } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { connect, createVirtualClock, joined, startSerial } from '../testing.ts';

const catalogue = await loadCatalogue();

/** A payment terminal: the reply to a sale is its result, which the customer brings about later. */
const terminal = () => {
  const profile = catalogue.get('transbank-pos-integrado');
  if (profile === undefined) throw new Error('no such profile');
  const clock = createVirtualClock();
  const { codec, wires } = startSerial({ profile, clock });
  const gateway = connect(wires.accept);
  const decoder = codec.createDecoder();
  const told = () =>
    decoder
      .push(joined(gateway.received.splice(0)), clock.monoMs())
      .flatMap((output) => (output.kind === 'frame' ? [codec.read(output.bytes)] : []))
      .flatMap((got) => (got.ok ? got.reading.events : []));
  const run = (command: string, args = {}) => {
    const encoded = codec.encode(command, args);
    for (const { bytes } of encoded.ok ? encoded.sends : []) gateway.send(bytes);
  };
  return { clock, run, told };
};

describe('a reply that tells what comes of a command', () => {
  it('comes once, in its time, and never with what was told before', async () => {
    const { clock, run, told } = terminal();
    for (const amount of [1_200, 990]) {
      run('pay', { amount });
      await clock.advance(2_900);
      expect(told()).toEqual([]);
      await clock.advance(200);
      expect(told()).toMatchObject([{ event: 'paid', fields: { amount } }]);
    }
    run('totals');
    await clock.advance(1_000);
    expect(told()).toEqual([{ event: 'summed', fields: { count: 5, amount: 60_000 } }]);
  });
});

describe('a device that tells by itself', () => {
  it('tells what it holds at its pace, to whoever listens, until it is stopped', async () => {
    const profile = catalogue.get('hilink-ld2410c');
    if (profile === undefined) throw new Error('no such profile');
    const clock = createVirtualClock();
    const { codec, device, serial, wires } = startSerial({ profile, clock });
    await clock.advance(500);
    const gateway = connect(wires.accept);
    const decoder = codec.createDecoder();
    const told = () =>
      decoder
        .push(joined(gateway.received.splice(0)), clock.monoMs())
        .flatMap((output) => (output.kind === 'frame' ? [codec.read(output.bytes)] : []))
        .map((got) => got.ok && got.reading.values['state.presence']);
    await clock.advance(300);
    expect(told()).toEqual(['none', 'none', 'none']);
    device.apply({ kind: 'act', action: 'walkIn' });
    await clock.advance(200);
    expect(told()).toEqual(['moving', 'moving']);
    serial.stop();
    await clock.advance(1_000);
    expect(told()).toEqual([]);
  });
});
