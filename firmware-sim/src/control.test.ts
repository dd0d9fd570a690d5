import { loadCatalogue } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { parseSimConfig } from './config.ts';
import type { Accept, HttpReply, HttpRequest } from './ports.ts';
import { createSim } from './sim.ts';
import { noFaults } from './devices/faults.ts';
import { connect, createVirtualClock, joined, lockProfile } from './testing.ts';

const profiles = new Map([...(await loadCatalogue()), [lockProfile.id, lockProfile]]);
const text = `control: 127.0.0.1:1
devices:
  - { id: scan, door: d, side: entry, profile: gatehouse-scanner-s1, listen: 'tcp://h:2' }
  - { id: gate, door: d, unit: 3, profile: gatehouse-turnstile-t1, listen: 'tcp://h:3', pty: p }
  - { id: lock, profile: test-lock, listen: 'tcp://h:4', params: { address: 7 } }
`;

const setUp = async () => {
  const clock = createVirtualClock();
  const wires = new Map<string, Accept>();
  const handlers: ((request: HttpRequest) => Promise<HttpReply>)[] = [];
  const opened = (address: string) => Promise.resolve({ address, close: () => Promise.resolve() });
  const sim = createSim(
    {
      clock,
      listenTcp: ({ host, port, accept }) => {
        wires.set(`${host}:${port}`, accept);
        return opened(`tcp://${host}:${port}`);
      },
      openPty: ({ path }) => opened(path),
      serveHttp: ({ handle }) => {
        handlers.push(handle);
        return opened('http://127.0.0.1:1');
      },
      askHttp: () => Promise.reject(new Error('nobody listens')),
    },
    parseSimConfig(text, 'sim.yaml', profiles),
  );
  const ready = await sim.start();
  const ask = async (method: string, path: string, body = '', contentType = 'application/json') => {
    const reply = await handlers[0]?.({ method, path, body, contentType });
    return { status: reply?.status, body: reply?.body };
  };
  const post = (path: string, body: unknown) => ask('POST', path, JSON.stringify(body));
  const wire = (name: string): Accept => {
    const accept = wires.get(name);
    if (accept === undefined) throw new Error(`no wire ${name}`);
    return accept;
  };
  return { ask, post, clock, ready, wire };
};

describe('the control port', () => {
  it('tells where everything listens', async () => {
    const { ready } = await setUp();
    expect(ready).toEqual({
      control: 'http://127.0.0.1:1',
      devices: [
        { id: 'scan', listen: 'tcp://h:2', pty: undefined },
        { id: 'gate', listen: 'tcp://h:3', pty: 'p' },
        { id: 'lock', listen: 'tcp://h:4', pty: undefined },
      ],
    });
  });

  it('shows all devices, and one', async () => {
    const { ask } = await setUp();
    const plain = {
      side: undefined,
      unit: undefined,
      pty: undefined,
      connected: false,
      powered: true,
      actions: [],
      faults: noFaults,
    };
    const scan = {
      ...plain,
      id: 'scan',
      profile: 'gatehouse-scanner-s1',
      family: 'scanner',
      binding: 'serial',
      door: 'd',
      side: 'entry',
      listen: 'tcp://h:2',
      values: {},
      lamp: null,
      tone: null,
      text: null,
      at: null,
    };
    const output = { on: false, timedLeftMs: 0, latched: false };
    const gate = {
      ...plain,
      id: 'gate',
      profile: 'gatehouse-turnstile-t1',
      family: 'turnstile',
      binding: 'modbus',
      door: 'd',
      unit: 3,
      listen: 'tcp://h:3',
      pty: 'p',
      values: {
        'state.releaseEntry': false,
        'state.releaseExit': false,
        'state.latchEntry': false,
        'state.latchExit': false,
        'state.passageEntry': false,
        'state.passageExit': false,
        'state.fire': false,
        'state.tamper': false,
      },
      outputs: { entry: output, exit: output },
      inputs: { passageEntry: false, passageExit: false, fire: false, tamper: false },
      stuck: [],
    };
    const lock = {
      ...plain,
      id: 'lock',
      profile: 'test-lock',
      family: 'lock',
      binding: 'bus',
      door: undefined,
      listen: 'tcp://h:4',
      values: lockProfile.simulate.initial,
      actions: ['swipe', 'closeAll'],
      lamp: null,
      tone: null,
      text: null,
      at: null,
    };
    expect(await ask('GET', '/devices')).toEqual({
      status: 200,
      body: { devices: [scan, gate, lock] },
    });
    expect(await ask('GET', '/devices/gate')).toEqual({ status: 200, body: gate });
  });

  it('does what the profile says that people do', async () => {
    const { ask, post, clock, wire } = await setUp();
    const gateway = connect(wire('h:4'));
    expect(await post('/devices/lock/act', { action: 'swipe' })).toMatchObject({
      status: 200,
      body: { result: 'done', values: { 'state.lock': 'locked' } },
    });
    await clock.advance(100);
    // 02, length, address 7, code 30, the card
    expect(new TextDecoder().decode(joined(gateway.received)).slice(0, 12)).toBe(
      '\u0002\n\u0007004A1B2C3',
    );
    await post('/devices/lock/set', { values: { 'state.boxes': ['open', 'open'] } });
    const shown = await ask('GET', '/devices/lock');
    expect(shown.body).toMatchObject({ values: { 'state.boxes': ['open', 'open'] } });
    await post('/devices/lock/act', { action: 'closeAll' });
    await clock.advance(500);
    const after = await ask('GET', '/devices/lock');
    expect(after.body).toMatchObject({ values: { 'state.boxes': Array(5).fill('closed') } });
  });

  it('holds a card before a reader that shows nothing', async () => {
    const { post, clock, wire } = await setUp();
    connect(wire('h:4'));
    const presented = post('/devices/lock/present', { uid: '04A1' });
    await clock.advance(100);
    expect(await presented).toEqual({ status: 200, body: { withinMs: 0 } });
  });

  it('presents a code and answers with what the head showed', async () => {
    const { ask, post, clock, wire } = await setUp();
    const gateway = connect(wire('h:2'));
    const presented = post('/devices/scan/present', { text: 'A0' });
    await clock.advance(40);
    gateway.send('LAMP red;TONE no;TEXT Not a pass\r\n');
    const { status, body } = await presented;
    expect(status).toBe(200);
    expect(body).toMatchObject({ lamp: 'red', tone: 'no', text: 'Not a pass' });
    const shown = await ask('GET', '/devices/scan');
    expect(shown.body).toMatchObject({ lamp: 'red', text: 'Not a pass', at: clock.nowMs() });
  });

  it('sends raw bytes many times over', async () => {
    const { post, wire } = await setUp();
    const gateway = connect(wire('h:2'));
    const reply = await post('/devices/scan/raw', { hex: '41420D', repeat: 3 });
    expect(reply).toEqual({ status: 200, body: { bytes: 9 } });
    expect(new TextDecoder().decode(gateway.received[0])).toBe('AB\rAB\rAB\r');
  });

  it('sets and clears single faults', async () => {
    const { post } = await setUp();
    await post('/devices/gate/faults', { slow: true });
    const { body } = await post('/devices/gate/faults', { silent: true });
    expect(body).toEqual({ ...noFaults, silent: true, slow: true });
    const cleared = await post('/devices/gate/faults', { silent: false, slow: false });
    expect(cleared.body).toEqual(noFaults);
    const more = await post('/devices/lock/faults', { lossy: true, badChecksum: true });
    expect(more.body).toEqual({ ...noFaults, lossy: true, badChecksum: true });
  });

  it.each([
    ['walk', { side: 'entry' }, { result: 'locked' }],
    ['force', {}, { result: 'passed' }],
    ['force', { side: 'exit' }, { result: 'passed' }],
    ['hold', { forMs: 3_000 }, { result: 'done' }],
    ['stick', { input: 'fire', on: true }, { result: 'done' }],
    ['stick', { input: 'contact', on: true }, { result: 'absent' }],
    ['stick', { input: 'fire', on: null }, { result: 'done' }],
    ['power', { offMs: 100 }, { offMs: 100 }],
  ])('at the door: %s %j', async (name, body, answer) => {
    const { post } = await setUp();
    expect(await post(`/devices/gate/${name}`, body)).toEqual({ status: 200, body: answer });
  });

  it.each([
    ['GET', '/', '', 404, 'unknown_route'],
    ['GET', '/devices/scan/present/x', '', 404, 'unknown_route'],
    ['GET', '/devices/none', '', 404, 'unknown_device'],
    ['POST', '/devices', '{}', 405, 'wrong_method'],
    ['DELETE', '/devices/scan', '', 405, 'wrong_method'],
    ['GET', '/devices/scan/present', '', 405, 'wrong_method'],
    ['POST', '/devices/scan/explode', '{}', 404, 'unknown_route'],
    ['POST', '/devices/scan/constructor', '{}', 404, 'unknown_route'],
    ['POST', '/devices/scan/walk', '{"side":"entry"}', 409, 'wrong_kind'],
    ['POST', '/devices/gate/present', '{"text":"A"}', 409, 'wrong_kind'],
    ['POST', '/devices/scan/present', '{"uid":"A"}', 409, 'wrong_kind'],
    ['POST', '/devices/lock/present', '{"text":"A"}', 409, 'wrong_kind'],
    ['POST', '/devices/gate/raw', '{"hex":"41"}', 409, 'wrong_kind'],
    ['POST', '/devices/lock/stick', '{"input":"fire","on":true}', 409, 'wrong_kind'],
    ['POST', '/devices/gate/act', '{"action":"swipe"}', 409, 'wrong_kind'],
    ['POST', '/devices/scan/set', '{"values":{"state.lock":"locked"}}', 409, 'wrong_kind'],
    ['POST', '/devices/lock/act', '{"action":"dance"}', 400, 'bad_body'],
    ['POST', '/devices/lock/act', '{"action":"constructor"}', 400, 'bad_body'],
    ['POST', '/devices/lock/set', '{"values":{"state.lock":"ajar"}}', 400, 'bad_body'],
    ['POST', '/devices/lock/set', '{"values":{"state.none":1}}', 400, 'bad_body'],
    ['POST', '/devices/lock/set', '{"values":{"params.address":1}}', 400, 'bad_body'],
    ['POST', '/devices/lock/set', '{"values":{}}', 400, 'bad_body'],
    ['POST', '/devices/gate/set', '{"values":{"state.releaseEntry":true}}', 400, 'bad_body'],
    ['POST', '/devices/lock/faults', '{"explosive":true}', 400, 'bad_body'],
    ['POST', '/devices/scan/present', '{', 415, 'not_json'],
    ['POST', '/devices/scan/present', '{}', 400, 'bad_body'],
    ['POST', '/devices/scan/present', '{"text":"A","now":1}', 400, 'bad_body'],
    ['POST', '/devices/scan/present', '{"text":"A"}', 409, 'not_connected'],
    ['POST', '/devices/scan/raw', '{"hex":"4"}', 400, 'bad_body'],
    ['POST', '/devices/scan/raw', '{"hex":"4142","repeat":9000000}', 413, 'too_large'],
    ['POST', '/devices/gate/walk', '{"side":"up"}', 400, 'bad_body'],
    ['POST', '/devices/gate/stick', '{"input":"fire"}', 400, 'bad_body'],
  ])('%s %s %s: %i %s', async (method, path, body, status, code) => {
    const { ask } = await setUp();
    const reply = await ask(method, path, body);
    expect(reply).toMatchObject({ status, body: { error: { code } } });
  });

  it('takes no form from a page elsewhere', async () => {
    const { ask } = await setUp();
    const reply = await ask('POST', '/devices/gate/force', '{}', 'text/plain');
    expect(reply).toMatchObject({ status: 415, body: { error: { code: 'not_json' } } });
  });

  it('says when the gateway gives no feedback', async () => {
    const { post, clock, wire } = await setUp();
    connect(wire('h:2'));
    const presented = post('/devices/scan/present', { text: 'A0' });
    await clock.advance(2_100);
    expect(await presented).toMatchObject({
      status: 504,
      body: { error: { code: 'no_feedback' } },
    });
  });
});
