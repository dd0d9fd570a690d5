import { compileProfile } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import type { DeviceConfig } from '../config.ts';
import { changed, createProfileBench, row } from '../testing/profile-bench.ts';
import { shadowMs } from './shadow-run.ts';

const h1 = 'gatehouse-scanner-h1';
const n1 = 'gatehouse-scanner-n1';
const secret = 'a-secret-of-24-characters';
const keys: DeviceConfig = {
  ...{ id: 'keys', profile: h1, port: '/dev/input/event3', door: 'lab', side: 'entry' },
};
const head: DeviceConfig = { id: 'n1', profile: n1, port: 'push', door: 'gate', side: 'entry' };

const newKeys = (mend: (text: string) => string) =>
  row(h1, '2.0.0', changed(h1, { version: '2.0.0' }, mend));
const newHead = (mend: (text: string) => string) =>
  row(n1, '2.0.0', changed(n1, { version: '2.0.0' }, mend));
const sameText = (text: string): string => text;

/** Keys as the scanner of the release types them. */
const typed = (bench: ReturnType<typeof createProfileBench>, text: string): Uint8Array => {
  const profile = bench.devices.now('keys')?.profile;
  const codec = profile && compileProfile(profile, 'keyboard', {});
  const bytes = codec?.transport === 'usb-hid' ? codec.type(text, 24) : undefined;
  if (bytes === undefined) throw new Error('cannot be typed');
  return bytes;
};

const headBench = () => createProfileBench([head], undefined, new Map([['n1', secret]]));
const post = (bench: ReturnType<typeof createProfileBench>, body: object) =>
  bench.push.request({
    headers: { 'x-device-key': secret, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('a new version for a scanner that is a keyboard', () => {
  it('reads the same keys beside the old one, then takes over', async () => {
    const bench = createProfileBench([keys]);
    await bench.start();
    bench.send(newKeys((text) => text.replace(']z0{', '-{')));
    const marked = typed(bench, '-X1');
    const plain = typed(bench, 'P7');
    bench.keyboards.come(plain);
    bench.keyboards.come(marked);
    await bench.clock.advance(shadowMs + 100);
    const [shadowed] = bench.told('profile.shadowed');
    expect(shadowed?.data).toMatchObject({ frames: 2, differing: 1 });
    // A pass leaves this box in no form.
    expect(JSON.stringify(shadowed)).not.toMatch(/X1|P7|5837/);
    expect(bench.version('keys')).toBe('2.0.0');
    bench.keyboards.come(marked);
    await bench.clock.settle();
    expect(bench.codes).toEqual(['P7', '-X1', 'X1']);
    await bench.stop();
    bench.keyboards.come(plain);
    expect(bench.codes).toHaveLength(3);
  });

  it('is one with another layout at once: the same keys are another text', async () => {
    const bench = createProfileBench([keys]);
    await bench.start();
    const bytes = typed(bench, 'AZ9');
    bench.send(newKeys((text) => text.replace('layout: us', 'layout: de')));
    await bench.clock.advance(shadowMs + 100);
    bench.keyboards.come(bytes);
    await bench.clock.settle();
    expect(bench.codes).toEqual(['AY9']);
    expect(bench.raised()).toEqual([]);
    await bench.stop();
  });
});

describe('a new version for a head that asks by HTTP', () => {
  it('reads the same requests beside the old one, then takes over', async () => {
    const bench = headBench();
    await bench.start();
    bench.send(newHead((text) => text.replaceAll('cover', 'lid')));
    await post(bench, { type: 'status', seq: 1, relay: false, cover: true });
    const refused = post(bench, { type: 'scan', seq: 2, code: 'P7' });
    await bench.clock.advance(50);
    expect((await refused).body).toContain('"open":false');
    await bench.clock.advance(shadowMs + 100);
    const [shadowed] = bench.told('profile.shadowed');
    expect(shadowed?.data).toMatchObject({ frames: 2, differing: 1 });
    expect(JSON.stringify(shadowed)).not.toMatch(/P7|5037/);
    expect(bench.version('n1')).toBe('2.0.0');
    const answer = await post(bench, { type: 'status', seq: 3, relay: false, lid: false });
    expect(answer.status).toBe(200);
    expect(bench.devices.values('n1')).toMatchObject({ 'state.tamper': false });
    await bench.stop();
  });

  it('differs where the secret is looked for in another place', async () => {
    const bench = headBench();
    await bench.start();
    const text = (released: string) => released.replace('name: X-Device-Key', 'name: X-Key');
    bench.send({ ...newHead(text), mode: 'shadow' });
    await post(bench, { type: 'status', seq: 1, relay: false, cover: true });
    await bench.clock.advance(shadowMs + 100);
    expect(bench.told('profile.shadowed')).toMatchObject([
      { data: { frames: 1, differing: 1, differences: [{ to: '(not shown)' }] } },
    ]);
    await bench.stop();
  });

  it('stays away where nothing differs but the number', async () => {
    const bench = headBench();
    await bench.start();
    bench.send({ ...newHead(sameText), mode: 'shadow' });
    await post(bench, { type: 'status', seq: 1, relay: false, cover: true });
    await bench.clock.advance(shadowMs + 100);
    expect(bench.told('profile.shadowed')).toMatchObject([{ data: { frames: 1, differing: 0 } }]);
    expect(bench.version('n1')).toBe('1.0.0');
    await bench.stop();
  });
});

describe('a profile of one’s own that its place cannot serve', () => {
  it.each<[string, DeviceConfig, RegExp]>([
    ['a head without a secret', { ...head, id: 'n2', customProfile: true }, /n2: its secret/],
    [
      'a head on a serial port',
      { ...head, id: 'n3', port: '/dev/ttyS0', customProfile: true },
      /n3: no binding for \/dev\/ttyS0/,
    ],
  ])('%s is told, and nothing breaks', async (_, device, why) => {
    const own = { ...device, profile: 'my-head' };
    const bench = createProfileBench([own]);
    await bench.start();
    bench.send(row('my-head', '1.0.0', changed(n1, { id: 'my-head', version: '1.0.0' })));
    await bench.clock.advance(shadowMs + 100);
    expect(bench.version(own.id)).toBeUndefined();
    expect(JSON.stringify(bench.told('profile.refused'))).toMatch(why);
    await bench.stop();
  });
});
