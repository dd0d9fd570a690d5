import { loadCatalogue } from '@gatehouse/device-profiles';
import { describe, expect, it } from 'vitest';
import { parseSimConfig } from './config.ts';
import type { Accept, HttpReply, HttpRequest } from './ports.ts';
import { createSim } from './sim.ts';
import { connect, createVirtualClock } from './testing.ts';

const catalogue = await loadCatalogue();
const text = `control: 127.0.0.1:1
devices:
  - { id: scan, door: d, side: entry, profile: gatehouse-scanner-s1, listen: 'tcp://h:2' }
  - { id: gate, door: d, unit: 3, profile: gatehouse-turnstile-t1, listen: 'tcp://h:3', pty: p }
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
    },
    parseSimConfig(text, 'sim.yaml', catalogue),
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
      ],
    });
  });

  it('shows all devices, and one', async () => {
    const { ask } = await setUp();
    const faults = { silent: false, slow: false, noisy: false };
    const scan = {
      id: 'scan',
      kind: 'scanner',
      profile: 'gatehouse-scanner-s1',
      door: 'd',
      side: 'entry',
      listen: 'tcp://h:2',
      connected: false,
      lamp: null,
      tone: null,
      text: null,
      at: null,
      faults,
    };
    const gate = {
      id: 'gate',
      kind: 'door',
      profile: 'gatehouse-turnstile-t1',
      door: 'd',
      unit: 3,
      listen: 'tcp://h:3',
      pty: 'p',
      connected: false,
      powered: true,
      outputs: { entry: { on: false, timedLeftMs: 0 }, exit: { on: false, timedLeftMs: 0 } },
      inputs: { passageEntry: false, passageExit: false, fire: false, tamper: false },
      stuck: [],
      faults,
    };
    expect(await ask('GET', '/devices')).toEqual({ status: 200, body: { devices: [scan, gate] } });
    expect(await ask('GET', '/devices/gate')).toEqual({ status: 200, body: gate });
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
    expect(body).toEqual({ silent: true, slow: true, noisy: false });
    const cleared = await post('/devices/gate/faults', { silent: false, slow: false });
    expect(cleared.body).toEqual({ silent: false, slow: false, noisy: false });
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
  ])('%s %j', async (name, body, answer) => {
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
