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
    fc.constantFrom('person', 'role', 'proof', 'reason', 'device', 'text', '__proto__', 'x'),
    fc.oneof(nasty, fc.jsonValue({ maxDepth: 2 })),
  ),
);

const query = fc.dictionary(
  fc.constantFrom('before', 'limit', 'door', 'person', 'kind', 'result', 'after', 'x'),
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

describe('hostile input', () => {
  it('gets an ordinary refusal on every route, whoever sends it', async () => {
    const { routes, signIn, server } = await openApi({ simulator });
    const cookies = ['', 'gatehouse_session=x', 'gatehouse_session=%ff%00'];
    for (const name of ['Li Lei', 'Chen Jing', 'Liu Yang']) {
      const { cookie } = await signIn(name);
      cookies.push(cookie);
    }
    const open = routes.filter((route) => !route.endsWith('/stream'));
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
