import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpPushBinding } from '../language/http-push.ts';
import type { Model } from '../language/model.ts';
import { compileHttpPush } from './http-push.ts';

const title = { zh: '', en: '' };
const model: Model = {
  state: {
    relay: { type: 'boolean', class: 'telemetry', title },
    mode: { type: 'enum', values: ['day', 'night'], class: 'telemetry', title },
  },
  telemetry: { temperature: { type: 'number', unit: 'Cel', min: -40, max: 90, title } },
  events: {
    scan: {
      norm: 'access.code',
      class: 'audit',
      secret: true,
      fields: { text: { type: 'text', charsMax: 32 } },
    },
    card: { norm: 'access.uid', class: 'audit', secret: true, fields: { uid: { type: 'text' } } },
    jammed: { class: 'audit', title },
  },
  commands: {
    show: {
      norm: 'reader.show',
      class: 'telemetry',
      expiresInMs: 1_000,
      args: { text: { type: 'text', charsMax: 16, title } },
    },
    reboot: { class: 'audit', expiresInMs: 1_000, title },
  },
};

const json: HttpPushBinding = {
  transport: 'http-push',
  body: 'json',
  secret: { in: 'body', name: 'auth.key' },
  id: 'n',
  messages: {
    card: { when: { kind: 2 }, fields: { 'data.uid': 'event.uid' }, emit: 'card' },
    scan: { fields: { 'data.code': 'event.text' }, emit: 'scan' },
    status: {
      fields: { relay: 'state.relay', mode: 'state.mode', temp: 'telemetry.temperature' },
    },
    jam: { when: { kind: 'jam' }, emit: 'jammed' },
  },
  answers: {
    contentType: 'application/json',
    granted: { body: '{{"go":1,"text":"{args.text}"}}' },
    denied: { status: 403, body: '{{"go":0,"text":"{args.text}"}}' },
  },
  answerWithinMs: 1_000,
};
const header = (): undefined => undefined;
const posted = (body: string) => ({ query: '', header, body });
const read = (body: unknown, binding = json) =>
  compileHttpPush(model, binding).read(
    posted(typeof body === 'string' ? body : JSON.stringify(body)),
  );

describe('a request that a head pushes', () => {
  it.each<[string, unknown, object]>([
    [
      'inside an object, with fields that nobody asked for',
      { n: 7, at: 'noon', data: { code: ' A0 ', more: [1] } },
      { message: 'scan', id: '7', isScan: true, isShown: false },
    ],
    ['told apart by a field', { kind: '2', data: { uid: '04AB' } }, { message: 'card' }],
    ['a number as text', { kind: 2, data: { uid: 12345678 } }, { message: 'card' }],
    [
      'values of each type',
      { relay: '1', mode: 'night', temp: '21.5' },
      {
        message: 'status',
        isScan: false,
        reading: {
          values: { 'state.relay': true, 'state.mode': 'night', 'telemetry.temperature': 21.5 },
          events: [],
        },
      },
    ],
    ['an event without fields', { kind: 'jam' }, { message: 'jam', isScan: false }],
  ])('is read: %s', (_, body, expected) => {
    expect(read(body)).toMatchObject({ ok: true, ...expected });
  });

  it.each<[string, string, unknown, string]>([
    ['no JSON', 'scan', '{"data":', 'bad_text'],
    ['no object', 'scan', '"text"', 'bad_text'],
    ['a field that is missing', 'card', { kind: 2 }, 'too_short'],
    ['a rounded number', 'card', '{"kind":2,"data":{"uid":12345678901234567}}', 'too_short'],
    ['an object for a value', 'scan', { data: { code: {} } }, 'too_short'],
    ['no such name', 'status', { relay: true, mode: 'dusk', temp: 1 }, 'unknown_value'],
    ['out of range', 'status', { relay: true, mode: 'day', temp: 91 }, 'out_of_range'],
    ['text for a number', 'status', { relay: true, mode: 'day', temp: 'warm' }, 'bad_text'],
    ['a boolean that is none', 'status', { relay: 'on', mode: 'day', temp: 1 }, 'bad_text'],
    ['half of a character', 'scan', '{"data":{"code":"\\ud800"}}', 'bad_text'],
    ['a line break inside', 'scan', { data: { code: 'a\nb' } }, 'bad_text'],
    ['another message', 'jam', { kind: 'open' }, 'unknown_message'],
  ])('is refused: %s', (_, name, body, fault) => {
    const message = json.messages[name];
    expect(message).toBeDefined();
    const messages = message === undefined ? {} : { [name]: message };
    expect(read(body, { ...json, messages })).toEqual({ ok: false, fault });
  });

  it('loses the end of its line and no space', () => {
    for (const end of ['', '\r', '\n', '\r\n']) {
      expect(read({ data: { code: ` A0 ${end}` } })).toMatchObject({
        reading: { events: [{ event: 'scan', fields: { text: ' A0 ' } }] },
      });
    }
  });

  it('comes as a form or in the address too; a field that stands twice is no field', () => {
    const flat: HttpPushBinding = {
      ...json,
      body: 'form',
      messages: { scan: { fields: { code: 'event.text' }, emit: 'scan' } },
      secret: { in: 'query', name: 'key' },
    };
    const form = compileHttpPush(model, flat);
    const request = { query: 'key=s%20s', header, body: 'code=A0%25+%2B&x=1' };
    expect(form.read(request)).toMatchObject({
      reading: { events: [{ event: 'scan', fields: { text: 'A0% +' } }] },
    });
    expect(form.secretIn(request)).toBe('s s');
    expect(form.read({ ...request, body: 'code=A&code=B' })).toEqual({
      ok: false,
      fault: 'bad_text',
    });
    const query = compileHttpPush(model, { ...flat, body: 'query' });
    expect(query.methods).toEqual(['GET', 'POST']);
    expect(query.read({ query: 'code=A0', header, body: 'code=B0' })).toMatchObject({
      reading: { events: [{ fields: { text: 'A0' } }] },
    });
  });

  it('carries its secret where the profile says', () => {
    const { secretIn } = compileHttpPush(model, json);
    expect(secretIn(posted('{"auth":{"key":"s"}}'))).toBe('s');
    expect(secretIn(posted('{"auth":{"key":5}}'))).toBeUndefined();
    expect(secretIn(posted('no json'))).toBeUndefined();
    const inHeader = compileHttpPush(model, { ...json, secret: { in: 'header', name: 'X-Key' } });
    expect(inHeader.secretIn({ ...posted(''), header: (name) => `of ${name}` })).toBe('of x-key');
  });

  it('never throws, whatever comes', () => {
    const codec = compileHttpPush(model, json);
    const anything = fc.oneof(fc.string({ maxLength: 200 }), fc.json());
    fc.assert(
      fc.property(anything, anything, (query, body) => {
        const request = { query, body, header };
        expect(typeof codec.read(request).ok).toBe('boolean');
        codec.secretIn(request);
      }),
    );
  });
});

describe('an answer', () => {
  const contentTypes = ['application/json', 'application/x-www-form-urlencoded'] as const;

  it.each(contentTypes)('of %s keeps what it shows inside its value', (contentType) => {
    const isJson = contentType === 'application/json';
    const body = isJson ? '{{"go":1,"text":"{args.text}"}}' : 'go=1&text={args.text}';
    const answers = { ...json.answers, contentType, granted: { body } };
    const { answer, peer } = compileHttpPush(model, { ...json, answers });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const shown = answer('granted', { text });
        // A display gets a space in their place.
        const clean = text.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
        const got: unknown = isJson
          ? JSON.parse(shown.body)
          : Object.fromEntries(new URLSearchParams(shown.body));
        expect(got).toEqual({ go: isJson ? 1 : '1', text: clean });
        expect(peer.readAnswer(shown)).toEqual({ outcome: 'granted', args: { text: clean } });
      }),
    );
  });

  it('says who denies, and what is no scan', () => {
    const { answer, peer, encode } = compileHttpPush(model, json);
    expect(answer('denied', { text: '"no"' })).toEqual({
      status: 403,
      contentType: 'application/json',
      body: '{"go":0,"text":"\\"no\\""}',
    });
    expect(answer('accepted', {})).toMatchObject({ status: 200, body: '' });
    expect(peer.readAnswer({ status: 403, body: '{"go":0,"text":"x"}' })?.outcome).toBe('denied');
    expect(peer.readAnswer({ status: 500, body: '{"error":{}}' })).toBeUndefined();
    expect(encode('reboot', {})).toMatchObject({ ok: false, fault: 'unknown_command' });
    expect(encode('show', { text: 'x'.repeat(17) })).toMatchObject({ fault: 'out_of_range' });
  });
});

describe('the head itself, for simulators', () => {
  it('posts what is read again', () => {
    const codec = compileHttpPush(model, json);
    const told = codec.peer.write('card', {}, { uid: '04AB' });
    const body = told?.text({ n: 3, 'auth.key': 's' }) ?? '';
    expect(JSON.parse(body)).toEqual({ kind: 2, data: { uid: '04AB' }, n: 3, auth: { key: 's' } });
    expect(codec.read(posted(body))).toMatchObject({ ok: true, message: 'card', id: '3' });
    expect(codec.secretIn(posted(body))).toBe('s');
    expect(codec.peer.messageOf('scan')).toBe('scan');
    expect(codec.peer.write('scan', {}, {})).toBeUndefined();
  });
});
