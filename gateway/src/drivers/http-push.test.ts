import { compileHttpPush } from '@gatehouse/device-profiles';
import type { HttpPushBinding, Model } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { createPrimitives } from '../adapters/primitives.ts';
import { createMemoryPush } from '../testing/memory-push.ts';
import type { Pushed } from '../testing/memory-push.ts';
import {
  pushBinding,
  pushHeadModel,
  pushReaderBinding,
  pushReaderModel,
} from '../testing/push-profiles.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import type { CommandResult, DeviceDriver } from './driver.ts';
import { createHttpPush } from './http-push.ts';
import { createPushLine } from './http-push-line.ts';

const secret = 'a-secret-of-24-characters';
const key = { 'x-device-key': secret };

/** What the rest of the gateway does about a scan. */
type Core = (scan: string, driver: DeviceDriver) => void;

const bench = (
  core: Core,
  {
    model = pushHeadModel,
    binding = pushBinding,
  }: { readonly model?: Model; readonly binding?: HttpPushBinding } = {},
) => {
  const clock = createVirtualClock();
  const push = createMemoryPush();
  const log = createSilentLog();
  const line = createPushLine({ push: push.server, clock, log });
  const said: string[] = [];
  const scans: string[] = [];
  const driver: DeviceDriver = createHttpPush({
    ...{ deviceId: 'n1', codec: compileHttpPush(model, binding), model, line, secret },
    ...{ primitives: createPrimitives(), clock, log },
    onReading: ({ events }) => {
      for (const { fields } of events) {
        scans.push(String(fields['text']));
        core(String(fields['text']), driver);
      }
    },
    onLink: (state, detail) => void said.push(`${clock.monoMs()} ${state} ${detail}`.trim()),
    onCondition: (code, detail) => {
      said.push(`${clock.monoMs()} ${code} ${detail ?? 'over'}`);
    },
  });
  driver.start();
  const results: CommandResult[] = [];
  const run = (command: string, args: Record<string, string | number>, withinMs = 2_000): void => {
    const deadlineMs = clock.monoMs() + withinMs;
    void driver.run(command, args, { deadlineMs }).then((result) => results.push(result));
  };
  /** @returns the answer and when it came */
  const ask = async (pushed: Pushed): Promise<string> => {
    const { status, body } = await push.request({ headers: key, ...pushed });
    return `${clock.monoMs()} ${status} ${body}`;
  };
  const scan = (code: string, seq: number, more: Pushed = {}): Promise<string> =>
    ask({ body: JSON.stringify({ type: 'scan', seq, code, time: 'never read' }), ...more });
  return { clock, push, log, line, driver, said, scans, results, run, ask, scan };
};

type Bench = ReturnType<typeof bench>;

/** Decides by the text: `ok…` opens, all else is denied; 5 ms of thought. */
const deciding = (options?: Parameters<typeof bench>[1]): Bench => {
  const made: Bench = bench((text) => {
    made.clock.after(5, () => {
      const isGranted = text.startsWith('ok');
      made.run('show', { lamp: isGranted ? 'green' : 'red', text: isGranted ? 'Go' : 'No "way"' });
      if (isGranted) made.run('openEntry', { ms: 2_500 });
    });
  }, options);
  return made;
};

describe('a head that asks by HTTP', () => {
  it('gets the unlock in its answer, and confirms by its next request', async () => {
    const { clock, scan, ask, results, scans } = deciding();
    await clock.settle();
    const answer = scan('ok 1', 1);
    await clock.advance(5);
    expect(await answer).toBe('5 200 {"open":true,"ms":"2500","text":"Go"}');
    expect(await ask({ body: '{"type":"status","seq":2,"relay":true}' })).toBe('5 200 {"ok":true}');
    await clock.advance(2_000);
    expect(scans).toEqual(['ok 1']);
    expect(results).toEqual([{ outcome: 'sent' }, { outcome: 'confirmed' }]);
  });

  it('is told no, with what to show, as soon as no unlock follows', async () => {
    const { clock, scan, results } = deciding();
    await clock.settle();
    const answer = scan('bad', 1);
    await clock.advance(15);
    expect(await answer).toBe('15 200 {"open":false,"text":"No \\"way\\""}');
    expect(results).toEqual([{ outcome: 'sent' }]);
  });

  it.each([
    ['the answer never left whole', false, 'not_confirmed'],
    ['the head says nothing', true, 'not_confirmed'],
  ])('does not claim an opening where %s', async (_, isWhole, outcome) => {
    const { clock, scan, results } = deciding();
    await clock.settle();
    void scan('ok', 1, { isWhole });
    await clock.advance(2_000);
    expect(results.at(-1)).toEqual({ outcome });
  });

  it('answers no when nobody decides in time, and what comes late opens nothing', async () => {
    const { clock, scan, run, results } = bench(() => undefined);
    await clock.settle();
    const answer = scan('slow', 1);
    await clock.advance(1_500);
    expect(await answer).toBe('1500 200 {"open":false,"text":""}');
    run('openEntry', { ms: 1_000 });
    await clock.settle();
    expect(results).toEqual([{ outcome: 'failed', code: 'line_closed' }]);
  });

  it('never gives the next person what was decided late about the one before', async () => {
    const binding = { ...pushBinding, answerWithinMs: 200 };
    const { clock, scan, run, scans, results } = bench(() => undefined, { binding });
    await clock.settle();
    void scan('first', 1);
    await clock.advance(100);
    const second = scan('second', 2);
    await clock.advance(150);
    // The first was answered at 200; its decision may still come, up to 1000.
    run('openEntry', { ms: 1_000 });
    await clock.advance(100);
    expect(await second).toBe('300 200 {"open":false,"text":""}');
    expect(scans).toEqual(['first']);
    expect(results).toEqual([{ outcome: 'failed', code: 'line_closed' }]);
    await clock.advance(1_000);
    void scan('third', 3);
    await clock.settle();
    expect(scans).toEqual(['first', 'third']);
  });

  it('takes a repeated request as one scan with one answer', async () => {
    const { clock, scan, ask, scans } = deciding();
    await clock.settle();
    const first = scan('ok', 1);
    const retry = scan('ok', 1);
    await clock.advance(5);
    const late = await scan('another code, same number', 1);
    expect(new Set([await first, await retry, late]).size).toBe(1);
    await clock.advance(2_000);
    const next = scan('ok', 1);
    await clock.advance(20);
    expect(await next).toContain('"open":true');
    expect(scans).toEqual(['ok', 'ok']);
    expect(await ask({ body: '{"type":"status","seq":9,"relay":true}' })).toContain('"ok"');
  });

  it('tells a repeated request without a number by its bytes', async () => {
    const options = { model: pushReaderModel, binding: pushReaderBinding };
    const { clock, ask, scans } = deciding(options);
    await clock.settle();
    const asked = ['{"code":"1"}', '{"code":"1"}', '{"code":"2"}'].map((body) => ask({ body }));
    await clock.advance(100);
    await Promise.all(asked);
    expect(scans).toEqual(['1', '2']);
  });

  it('shows what was decided for the door of another device', async () => {
    const options = { model: pushReaderModel, binding: pushReaderBinding };
    const { clock, ask } = deciding(options);
    await clock.settle();
    const asked = ['ok', 'bad'].map((code) => ask({ body: JSON.stringify({ code }) }));
    await clock.advance(100);
    expect(await Promise.all(asked)).toEqual([
      '15 200 {"open":true,"ms":"","text":"Go"}',
      '30 200 {"open":false,"text":"No \\"way\\""}',
    ]);
  });

  it('judges one scan at a time, and bounds what waits', async () => {
    const { clock, scan, scans } = deciding();
    await clock.settle();
    const answers = [1, 2, 3, 4, 5, 6, 7].map((seq) => scan(`ok ${seq}`, seq));
    await clock.advance(5);
    expect(scans).toEqual(['ok 1', 'ok 2']);
    await clock.advance(100);
    const statuses = (await Promise.all(answers)).map((text) => text.split(' ')[1]);
    expect(statuses).toEqual(['200', '200', '200', '200', '200', '503', '503']);
    expect(scans).toEqual(['ok 1', 'ok 2', 'ok 3', 'ok 4', 'ok 5']);
  });

  it.each<[string, Pushed, string]>([
    ['another method', { method: 'GET' }, '405 wrong_method'],
    [
      'another kind of body',
      { headers: { ...key, 'content-type': 'text/xml' } },
      '415 wrong_content_type',
    ],
    ['no secret', { headers: {} }, '401 wrong_secret'],
    ['half of the secret', { headers: { 'x-device-key': secret.slice(0, 9) } }, '401 wrong_secret'],
    ['more than the secret', { headers: { 'x-device-key': `${secret}x` } }, '401 wrong_secret'],
    ['another device', { path: '/push/n2' }, '404 unknown_device'],
    ['a path around it', { path: '/push/n1/../n1' }, '404 unknown_device'],
    ['no JSON', { body: 'type=scan' }, '400 bad_body'],
    ['a list', { body: '[]' }, '400 bad_body'],
    ['too deep JSON', { body: `{"a":${'['.repeat(2_000)}${']'.repeat(2_000)}}` }, '400 bad_body'],
    ['no message', { body: '{"type":"other"}' }, '400 bad_body'],
    ['a message without its field', { body: '{"type":"scan"}' }, '400 bad_body'],
    ['a field of another type', { body: '{"type":"scan","code":{"a":1}}' }, '400 bad_body'],
    ['a control character', { body: '{"type":"scan","code":"a\\u0007"}' }, '400 bad_body'],
    [
      'a code that is too long',
      { body: `{"type":"scan","code":"${'x'.repeat(600)}"}` },
      '400 bad_body',
    ],
  ])('refuses %s', async (_, pushed, expected) => {
    const { clock, push, scans, log } = bench(() => undefined);
    await clock.settle();
    const headers = { ...key, 'content-type': 'application/json; charset=utf-8' };
    const body = '{"type":"scan","seq":1,"code":"A0"}';
    const answer = await push.request({ headers, body, ...pushed });
    const { error } = JSON.parse(answer.body) as { error: { code: string } };
    expect(`${answer.status} ${error.code}`).toBe(expected);
    expect(scans).toEqual([]);
    expect(log.lines.join()).not.toContain('A0');
  });

  it('says that it is noisy after several strange requests', async () => {
    const { clock, push, said } = bench(() => undefined);
    await clock.settle();
    for (let i = 0; i < 6; i += 1) await push.request({ body: '{}' });
    expect(said).toEqual(
      ['0 serial_lost over', '0 online', '0 reader_noisy wrong_secret'].slice(1),
    );
  });

  it('shows frames without what may be a pass', async () => {
    const { clock, scan, ask, driver } = deciding();
    const frames: string[] = [];
    driver.tap(({ direction, bytes, meaning, isFault }) => {
      const text = bytes === undefined ? 'hidden' : new TextDecoder().decode(bytes);
      frames.push(`${direction} ${meaning} ${isFault ? 'fault ' : ''}${text}`);
    });
    await clock.settle();
    void scan('ok', 1);
    await clock.advance(50);
    await ask({ body: '{"type":"status","relay":false}' });
    await ask({ body: '{"type":"scan"' });
    expect(frames).toEqual([
      'in scan hidden',
      'out answer {"open":true,"ms":"2500","text":"Go"}',
      'in status {"type":"status","relay":false}',
      'in bad_text fault hidden',
    ]);
  });

  it('is online while we listen, and lost when we cannot', async () => {
    const { clock, push, said } = bench(() => undefined);
    await clock.settle();
    push.canOpen = false;
    push.drop('network down');
    await clock.advance(300);
    push.canOpen = true;
    await clock.advance(10_000);
    expect(said).toEqual([
      '0 online',
      '0 serial_lost http://10.0.0.1:8085',
      '0 silent network down',
      '750 serial_lost over',
      '750 online',
    ]);
  });

  it('is silent when its heartbeat stays away', async () => {
    const binding = { ...pushBinding, heartbeatMs: 1_000 };
    const { clock, ask, said } = bench(() => undefined, { binding });
    await clock.settle();
    expect(said).toEqual([]);
    await ask({ body: '{"type":"status","seq":1,"relay":false}' });
    await clock.advance(2_900);
    await ask({ body: '{"type":"status","seq":2,"relay":false}' });
    await clock.advance(3_000);
    await ask({ body: '{"type":"status","seq":3,"relay":false}' });
    expect(said).toEqual([
      '0 online',
      '5900 device_silent no heartbeat',
      '5900 silent no heartbeat',
      '5900 device_silent over',
      '5900 online',
    ]);
  });

  it('leaves nothing behind', async () => {
    const { clock, scan, driver, line } = deciding();
    await clock.settle();
    const answers = [scan('slow', 1), scan('slow', 2)];
    driver.stop();
    await line.stop();
    for (const answer of answers) expect(await answer).toContain('"open":false');
    await clock.advance(10_000);
    expect(clock.timersWaiting()).toBe(0);
  });
});
