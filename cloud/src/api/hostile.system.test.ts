import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useTestApi } from '../testing/test-api.ts';
import type { Simulator } from '../adapters/simulator.ts';

const openApi = useTestApi();

const simulator: Simulator = {
  shown: () => Promise.resolve(new Map()),
  present: () => Promise.resolve(undefined),
  walk: () => Promise.resolve(),
};

const nasty = fc.oneof(
  fc.constantFrom(
    ...['', '\0', '../../etc/passwd', "' or 1=1 --", '%', '%00', '%ff', '\ud800', '{}', '[]'],
    ...['null', '-1', '1e309', '9'.repeat(400), '01990000-0000-7000-8000-00000000000a'],
    ...['lab-3-201', '__proto__', 'constructor', '$1', '\u202e', '🚪'.repeat(50)],
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

const body = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(
    fc.constantFrom(
      ...['person', 'role', 'proof', 'reason', 'device', 'text', 'args', '__proto__', 'x'],
      ...['save', 'note', 'mode', 'binding', 'params', 'hex', 'command'],
    ),
    fc.oneof(nasty, fc.jsonValue({ maxDepth: 2 })),
  ),
);

const query = fc.dictionary(
  fc.constantFrom(
    ...['before', 'limit', 'door', 'device', 'person', 'kind', 'result', 'after', 'x'],
    ...['from', 'to', 'version'],
  ),
  nasty,
);

const rawBody = fc.oneof(
  body.map((value) => JSON.stringify(value) ?? 'null'),
  fc.constantFrom('{', '{"a":', '{"__proto__":{}}', '\0', '"', '', '[[[[[[', '{"a":1}x'),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

const filled = (path: string, parameter: string): string =>
  path.replace(/:[a-z]+/g, () => encodeURIComponent(parameter.toWellFormed()));

const textOf = (given: Readonly<Record<string, string>>): string =>
  Object.entries(given)
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&');

/** Each is refused where it stands: none reaches a gateway. */
const badRuns: readonly (readonly [what: string, body: unknown])[] = [
  ['nothing', {}],
  ['arguments that are a list', { args: [], reason: '' }],
  ['an argument that is an object', { args: { box: {} }, reason: '' }],
  ['a list in a list', { args: { box: [[1]] }, reason: '' }],
  ['a name that no profile can have', { args: { 'box-1': 1 }, reason: '' }],
  ['a prototype', { args: JSON.parse('{"__proto__":1}') as object, reason: '' }],
  ['a text that is too long', { args: { text: 'x'.repeat(2_049) }, reason: '' }],
  ['a list that is too long', { args: { boxes: new Array(257).fill(1) }, reason: '' }],
  [
    'too many arguments',
    {
      args: Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`a${i}`, 1])),
      reason: '',
    },
  ],
  ['a reason that is too long', { args: {}, reason: 'x'.repeat(201) }],
  ['no reason', { args: {} }],
];

/** A version, a wire or bytes that are none. */
const badTries: readonly (readonly [what: string, url: string, body: unknown])[] = [
  ['no wire', 'decode', { params: {}, hex: '41' }],
  ['a version of words', 'decode', { binding: 'serial', params: {}, version: 'latest' }],
  ['parameters of a list', 'decode', { binding: 'serial', params: [], hex: '41' }],
  ['a megabyte of bytes', 'decode', { binding: 'serial', params: {}, hex: '41'.repeat(5000) }],
  ['a command of spaces', 'decode', { binding: 'serial', params: {}, command: 'a b' }],
  ['no note', 'versions/1.0.0/publish', { mode: 'live' }],
  ['an empty note', 'versions/1.0.0/publish', { note: '', mode: 'live' }],
  ['a mode of our own', 'versions/1.0.0/publish', { note: 'x', mode: 'everywhere' }],
  ['no version', 'versions/1.0/publish', { note: 'x', mode: 'live' }],
];

/** Times that are none, upside down, or more than a chart can ask for. */
const badRanges: readonly string[] = [
  'from=yesterday',
  'from=2026-11-22',
  'from=2026-11-22T00:00:00',
  'to=0',
  'from=2026-11-22T01:00:00Z&to=2026-11-22T00:00:00Z',
  'from=2026-11-22T00:00:00Z&to=2026-11-22T00:00:00Z',
  'from=2026-01-01T00:00:00Z&to=2026-11-22T00:00:00Z',
  'from=9999-99-99T99:99:99Z',
  "from=2026-11-22T00:00:00Z'--",
];

describe('hostile input', () => {
  it('to a device is refused before a gateway hears of it', async () => {
    const { signIn, published } = await openApi();
    const { ask } = await signIn('Zhao Qiang');
    const device = '/api/console/devices/lab-3-201-in';
    for (const [what, payload] of badRuns) {
      const answer = await ask('POST', `${device}/commands/open`, payload);
      expect(answer.status, what).toBe(400);
    }
    for (const command of ['toString', 'constructor', 'hasOwnProperty', 'x']) {
      const answer = await ask('POST', `${device}/commands/${command}`, { args: {}, reason: '' });
      expect(answer.status, command).toBe(404);
    }
    for (const range of badRanges) {
      expect((await ask('GET', `${device}/telemetry?${range}`)).status, range).toBe(400);
    }
    expect(published).toEqual([]);
  });

  it('to a profile is refused before anything is read', async () => {
    const { signIn } = await openApi();
    const { ask } = await signIn('Liu Yang');
    for (const [what, path, payload] of badTries) {
      const answer = await ask('POST', `/api/console/profiles/test-locker/${path}`, payload);
      expect(answer.status, what).toBe(400);
    }
    for (const id of ['__proto__', 'constructor', '..', 'A']) {
      const answer = await ask('POST', `/api/console/profiles/${id}/back`, {});
      expect([400, 404], id).toContain(answer.status);
    }
  });

  it('gets an ordinary refusal on every route, whoever sends it', async () => {
    const { routes, signIn, server } = await openApi({ simulator });
    const cookies = ['', 'gatehouse_session=x', 'gatehouse_session=%ff%00'];
    for (const name of ['Li Lei', 'Chen Jing', 'Liu Yang']) {
      const { cookie } = await signIn(name);
      cookies.push(cookie);
    }
    const open = routes.filter((route) => !/\/(?:stream|live)$/.test(route));
    expect(open.length).toBeGreaterThan(15);
    const request = fc.record({
      route: fc.constantFrom(...open),
      parameter: nasty,
      query,
      payload: rawBody,
      cookie: fc.constantFrom(...cookies),
      type: fc.constantFrom('application/json', 'application/json; charset=x', 'text/plain', 'x'),
    });
    await fc.assert(
      fc.asyncProperty(
        request,
        async ({ route, parameter, query: asked, payload, cookie, type }) => {
          const [method, path = ''] = route.split(' ');
          const answer = await server.api.inject({
            method: method as 'GET',
            url: `${filled(path, parameter)}?${textOf(asked)}`,
            headers: {
              host: '127.0.0.1:8090',
              origin: 'http://127.0.0.1:8090',
              cookie,
              ...(method === 'GET' ? {} : { 'content-type': type }),
            },
            ...(method === 'GET' ? {} : { payload }),
          });
          expect(answer.statusCode, answer.body).toBeLessThan(500);
          if (answer.statusCode >= 400) {
            expect(Object.keys(answer.json<{ error: object }>().error)).toEqual([
              ...['code', 'text', 'next'],
            ]);
          }
          expect(answer.body).not.toMatch(/\bat .*\.ts:\d+|node_modules|select |SQLSTATE/);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('finds no address that answers with more than an error', async () => {
    const { server } = await openApi();
    const urls = [
      '/api',
      '/api/',
      '/api/nothing',
      '/..%2f..%2fpackage.json',
      '/%',
      '/%ff',
      '//evil',
    ];
    for (const url of urls) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'] as const) {
        const headers = { host: '127.0.0.1:8090', origin: 'http://127.0.0.1:8090' };
        const answer = await server.api.inject({ method, url, headers });
        expect([400, 404], `${method} ${url}`).toContain(answer.statusCode);
      }
    }
  });
});
