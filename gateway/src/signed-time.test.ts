import { signedTypes, utf8 } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { createJwsVerifier } from './adapters/jws.ts';
import type { TimeAnchor } from './clock-trust.ts';
import { createTrust } from './policy/trust.ts';
import { askEveryMs, createSignedTime, roundTripMaxMs } from './signed-time.ts';
import { createSigner } from './testing/signer.ts';
import { createSilentLog } from './testing/silent-log.ts';
import { createVirtualClock } from './testing/virtual-clock.ts';

const signer = createSigner();
const trueMs = Date.UTC(2026, 8, 1);
type Answer = { readonly nonce: string; readonly at: number };
type Said = (asked: Answer) => Promise<string>;

const time = (body: Answer): Promise<string> =>
  signer.sign(body, { typ: signedTypes.time, kid: 'time' });

/** A cloud that answers by `says`; waits are of real threads, which verify signatures. */
const createBench = async (says: Said, holds = { from: 0, to: Number.MAX_SAFE_INTEGER }) => {
  // Its own clock has never been set.
  const clock = createVirtualClock(0);
  const trust = createTrust(signer.rootKey, createJwsVerifier());
  await trust.offerKeys(await signer.keys({ keys: [signer.keyRow('time', holds.from, holds.to)] }));
  const anchors: TimeAnchor[] = [];
  const bench = { asked: 0, takesMs: 0, says };
  let done: () => void = () => undefined;
  const answered = (): Promise<void> =>
    new Promise((resolve) => {
      done = resolve;
    });
  let seed = 0;
  const asker = createSignedTime({
    ports: {
      clock,
      log: createSilentLog(),
      random: (length) => new Uint8Array(length).fill((seed += 1)),
      http: {
        get: async (path) => {
          bench.asked += 1;
          const nonce = new URL(path, 'https://cloud').searchParams.get('nonce') ?? '';
          const body = await bench.says({ nonce, at: trueMs });
          if (bench.takesMs > 0) await clock.advance(bench.takesMs);
          return utf8(body);
        },
      },
    },
    trust: {
      openTime: async (jws) => {
        const told = await trust.openTime(jws);
        // The asker goes on first.
        setImmediate(done);
        return told;
      },
    },
    onTime: (anchor) => void anchors.push(anchor),
  });
  const ask = async (): Promise<void> => {
    const answer = answered();
    asker.ask();
    await answer;
  };
  return { bench, clock, asker, anchors, ask };
};

// what is wrong with the answer | its text
const bad: readonly (readonly [string, Said])[] = [
  ['another nonce', ({ at }) => time({ nonce: 'AAAAAAAAAAAAAAAAAAAAAA', at })],
  ['another type', (body) => signer.sign(body, { typ: signedTypes.command, kid: 'time' })],
  ['a key of another use', (body) => signer.sign(body, { typ: signedTypes.time, kid: 'policy' })],
  ['no time', ({ nonce }) => signer.sign({ nonce }, { typ: signedTypes.time, kid: 'time' })],
  ['no JWS', () => Promise.resolve('12:00')],
];

describe('signed time', () => {
  it('is believed although the own clock was never set, and asked for again', async () => {
    const { anchors, ask, bench, clock, asker } = await createBench(time);
    await ask();
    expect(anchors).toEqual([{ atMs: trueMs, monoMs: 0 }]);
    await clock.advance(askEveryMs - 1);
    expect(bench.asked).toBe(1);
    await clock.advance(1);
    expect(bench.asked).toBe(2);
    asker.stop();
  });

  it.each(bad)('with %s is not', async (_what, says) => {
    const { anchors, ask, asker } = await createBench(says);
    await ask();
    expect(anchors).toEqual([]);
    asker.stop();
  });

  it.each([
    [{ from: trueMs + 1, to: trueMs + 2 }, 0],
    [{ from: trueMs - 1, to: trueMs }, 0],
    [{ from: trueMs, to: trueMs + 1 }, 1],
  ])('by a key that holds %j: %d', async (holds, believed) => {
    const { anchors, ask, asker } = await createBench(time, holds);
    await ask();
    expect(anchors).toHaveLength(believed);
    asker.stop();
  });

  it.each([
    [roundTripMaxMs, 1],
    [roundTripMaxMs + 1, 0],
  ])('that took %d ms: %d', async (takesMs, believed) => {
    const { bench, anchors, ask, asker } = await createBench(time);
    bench.takesMs = takesMs;
    await ask();
    expect(anchors.map(({ monoMs }) => monoMs)).toEqual(believed === 1 ? [takesMs / 2] : []);
    asker.stop();
  });

  it('is asked for again soon where nobody answers, less and less often', async () => {
    const { bench, clock, asker } = await createBench(() => Promise.reject(new Error('no way')));
    asker.ask();
    asker.ask();
    await clock.advance(60_000);
    expect(bench.asked).toBe(5);
    await clock.advance(3_600_000);
    expect(bench.asked).toBeLessThan(25);
    asker.stop();
    expect(clock.timersWaiting()).toBe(0);
  });
});
