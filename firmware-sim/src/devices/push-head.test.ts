import { compileHttpPush, loadCatalogue } from '@gatehouse/device-profiles';
import type { HttpPushBinding, PushCodec } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import type { HeadAnswer, HeadRequest } from '../ports.ts';
import { createVirtualClock } from '../testing.ts';
import { noFaults } from './faults.ts';
import { createLiveDevice } from './live-device.ts';
import { createPushHead } from './push-head.ts';
import { createPushReader } from './push-reader.ts';
import { createRandom } from './random.ts';

const profile = (await loadCatalogue()).get('gatehouse-scanner-n1');
const ours = profile?.bindings['push'];
if (profile === undefined || ours?.transport !== 'http-push') throw new Error('no head');

const url = 'http://gateway:8085/push/n1';
const secret = 'a-secret-of-24-characters';
type Answer = (codec: PushCodec, request: HeadRequest) => HeadAnswer | undefined;

const granted: Answer = (codec, { body = '' }) =>
  body.includes('"scan"')
    ? codec.answer('granted', { ms: 2_000, text: 'Please "enter"' })
    : codec.answer('accepted', {});

const setUp = async (answers: Answer = granted, more: Partial<HttpPushBinding> = {}) => {
  const clock = createVirtualClock();
  const random = createRandom(1);
  const binding = { ...ours, ...more };
  const codec = compileHttpPush(profile.model, binding);
  const device = createLiveDevice({ profile, clock, random });
  const requests: HeadRequest[] = [];
  const gateway = { answers };
  const head = createPushHead({
    ...{ device, codec, binding, clock, random, asks: { url, secret } },
    askHttp: (request) => {
      requests.push(request);
      const answer = gateway.answers(codec, request);
      return answer === undefined ? Promise.reject(new Error('gone')) : Promise.resolve(answer);
    },
  });
  const reader = createPushReader({ head, codec, profile, clock });
  await clock.advance(0);
  const bodies = () => requests.splice(0).map(({ body = '' }) => JSON.parse(body) as object);
  return { clock, device, head, reader, requests, gateway, bodies };
};

describe('a head that asks', () => {
  it('says how it is at once, when it changes, and as its heartbeat', async () => {
    const { clock, device, bodies } = await setUp();
    expect(bodies()).toMatchObject([{ type: 'status', relay: false, cover: false }]);
    device.apply({ kind: 'set', values: { 'state.tamper': true } });
    await clock.advance(0);
    expect(bodies()).toMatchObject([{ cover: true }]);
    await clock.advance(20_000);
    expect(bodies()).toHaveLength(2);
  });

  it('opens its relay as the answer says, shows it, and ends the pulse', async () => {
    const { clock, reader, bodies, requests } = await setUp();
    bodies();
    const presented = await reader?.present('text', ' A0%');
    expect(presented).toMatchObject({
      ...{ ok: true, feedback: { lamp: 'green', text: 'Please "enter"' } },
    });
    expect(requests[0]).toMatchObject({ method: 'POST', url, headers: { 'X-Device-Key': secret } });
    await clock.advance(1_900);
    expect(bodies()).toMatchObject([{ type: 'scan', code: ' A0%' }, { relay: true }]);
    await clock.advance(200);
    expect(bodies()).toMatchObject([{ type: 'status', relay: false }]);
  });

  it('asks again with the same id where no answer comes, then gives up', async () => {
    const { clock, reader, gateway, bodies, head } = await setUp();
    bodies();
    gateway.answers = () => undefined;
    const presented = reader?.present('text', 'A0');
    await clock.advance(300);
    expect(await presented).toEqual({ ok: false, why: 'not_connected' });
    const [first, second, ...more] = bodies();
    expect([first, more]).toEqual([second, []]);
    expect(head.isConnected()).toBe(false);
    expect(first).not.toEqual({});
  });

  it('looks every second for a gateway that is away', async () => {
    const { clock, bodies, gateway } = await setUp(() => undefined);
    await clock.advance(3_000);
    expect(bodies().length).toBeGreaterThan(3);
    gateway.answers = granted;
    await clock.advance(3_000);
    bodies();
    await clock.advance(9_000);
    expect(bodies()).toHaveLength(1);
  });

  it('looks every second from the scan on that nobody answered', async () => {
    const { clock, reader, bodies, gateway } = await setUp();
    bodies();
    gateway.answers = () => undefined;
    void reader?.present('text', 'A0');
    await clock.advance(300);
    gateway.answers = granted;
    bodies();
    await clock.advance(1_000);
    expect(bodies()).toMatchObject([{ type: 'status', relay: false }]);
  });

  it('does nothing at an answer that is none of its profile', async () => {
    const { reader, device } = await setUp(() => ({ status: 401, body: '{"error":{}}' }));
    expect(await reader?.present('text', 'A0')).toEqual({ ok: false, why: 'gateway_refuses' });
    expect(device.values()).toMatchObject({ 'state.release': false });
  });

  it('is silent where it shall be', async () => {
    const { clock, device, bodies } = await setUp();
    bodies();
    device.setFaults({ ...noFaults, silent: true });
    await clock.advance(30_000);
    expect(bodies()).toEqual([]);
  });

  it.each<[string, Partial<HttpPushBinding>, Partial<HeadRequest>]>([
    [
      'in the query beside a body',
      { secret: { in: 'query', name: 'key' } },
      { method: 'POST', url: `${url}?key=${secret}` },
    ],
    [
      'in a form',
      { body: 'form', secret: { in: 'body', name: 'key' } },
      { method: 'POST', url, body: expect.stringContaining(`key=${secret}`) as string },
    ],
    [
      'in a query alone',
      { body: 'query', secret: { in: 'query', name: 'key' } },
      {
        ...{ method: 'GET', body: undefined },
        url: expect.stringMatching(`push/n1\\?type=status.*key=${secret}`) as string,
      },
    ],
  ])('tells its secret %s', async (_, more, request) => {
    const { requests } = await setUp(granted, more);
    expect(requests[0]).toMatchObject(request);
  });
});
