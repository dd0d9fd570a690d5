import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useTestApi } from '../testing/test-api.ts';

const openApi = useTestApi();
let dir = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-pages-'));
  for (const [file, text] of Object.entries({
    'index.html': 'choose',
    'console/index.html': 'console',
    'm/index.html': 'phone',
    'open/index.html': 'open',
    'm/sw.js': 'worker',
    'm/manifest.webmanifest': '{}',
    'assets/main-3f2a.js': 'code',
    'favicon.svg': '<svg/>',
  })) {
    await mkdir(join(dir, file, '..'), { recursive: true });
    await writeFile(join(dir, file), text);
  }
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const year = 'public, max-age=31536000, immutable';

/** Address, what comes, how long it may be kept. */
const rows: readonly (readonly [string, number, unknown, string])[] = [
  ['/', 200, 'choose', 'no-cache'],
  ['/console', 200, 'console', 'no-cache'],
  ['/console/', 200, 'console', 'no-cache'],
  ['/console/doors/lab-3-201?tab=why', 200, 'console', 'no-cache'],
  ['/m', 200, 'phone', 'no-cache'],
  ['/m/', 200, 'phone', 'no-cache'],
  ['/m/history', 200, 'phone', 'no-cache'],
  ['/found', 200, 'open', 'no-cache'],
  ['/freeze', 200, 'open', 'no-cache'],
  ['/m/sw.js', 200, 'worker', 'no-cache'],
  ['/assets/main-3f2a.js', 200, 'code', year],
  ['/favicon.svg', 200, '<svg/>', 'no-cache'],
];

describe('the pages', () => {
  it('come with the addresses below them, and are asked for again', async () => {
    const { send } = await openApi({ dashboardDir: dir });
    for (const [url, status, body, cache] of rows) {
      const answer = await send({ url });
      expect([answer.status, answer.body, answer.headers['cache-control']], url).toEqual([
        ...[status, body, cache],
      ]);
    }
  });

  it('are not there where no page is, nor in place of a file or of the API', async () => {
    const { send } = await openApi({ dashboardDir: dir });
    for (const url of ['/assets/gone.js', '/m/gone.js', '/nothing', '/api/nothing', '/consolex']) {
      const answer = await send({ url });
      expect(answer.status, url).toBe(404);
      expect(answer.body, url).toMatchObject({ error: { code: 'CL_NOT_FOUND' } });
    }
  });

  it('run our own code alone, in no frame', async () => {
    const { send } = await openApi({ dashboardDir: dir });
    for (const url of ['/', '/console/x', '/api/campus', '/nothing']) {
      const { headers } = await send({ url });
      const policy = String(headers['content-security-policy']);
      expect(policy.split(';'), url).toEqual([
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ]);
      expect(headers['x-content-type-options'], url).toBe('nosniff');
      expect(headers['referrer-policy'], url).toBe('no-referrer');
    }
  });

  it('say what is missing where they are not built', async () => {
    const { send } = await openApi();
    for (const url of ['/', '/console/doors', '/m/']) {
      const answer = await send({ url });
      expect(answer.status, url).toBe(503);
      expect(answer.body, url).toContain('npm run build');
    }
  });
});
