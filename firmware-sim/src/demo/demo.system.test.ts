// needs: chromium, zbarimg
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { startDemo } from './demo.testing.ts';
import type { RunningDemo } from './demo.testing.ts';

// The main job, as people do it: a phone shows a code, a scanner reads it, the gateway decides, the
// turnstile opens, the console shows it. With a real browser and other people's decoders.

const door = { name: '东门 1 号通道', scanner: 'east-gate-1-in', controller: 'east-gate-1-ctl' };
const browserArgs = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const quietArgs = ['--disable-background-networking', '--disable-component-update'];

let demo: RunningDemo;
let browser: Browser;
let phone: Page;
let guard: Page;

const open = async (options: Parameters<Browser['newContext']>[0]): Promise<BrowserContext> =>
  browser.newContext({ locale: 'zh-CN', ...options });

const choose = async (context: BrowserContext, person: string): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(demo.url);
  await page.locator('.choice-main', { hasText: person }).click();
  return page;
};

/** The code on the screen, photographed, and read by two decoders that are not ours. */
const readCode = async (): Promise<string> => {
  const file = join(demo.dataDir, 'code.png');
  writeFileSync(file, await phone.screenshot());
  const zbar = inject('programs').zbarimg ?? 'zbarimg';
  const byZbar = execFileSync(zbar, ['--raw', '-q', '--oneshot', '-Sbinary', file], {
    encoding: 'latin1',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [byZxing] = await readBarcodes(readFileSync(file), { formats: ['QRCode'] });
  expect(byZxing?.text).toBe(byZbar);
  expect(byZxing?.version).toBe('5');
  return byZbar;
};

const hold = async (text: string): Promise<Readonly<Record<string, unknown>>> =>
  demo.control(`/devices/${door.scanner}/present`, { text });

/** After a first start a gateway asks for the next code for half a minute, and says so. */
const holdUntilPastFence = async (): Promise<{ text: string; lamp: unknown }> => {
  for (let tries = 0; tries < 60; tries += 1) {
    const text = await readCode();
    const { lamp, text: shown } = await hold(text);
    if (shown !== '请刷新再扫') return { text, lamp };
    // A new code, and not the same attempt again.
    await phone.waitForTimeout(5_100);
    await phone.locator('.plate').click();
    await phone.waitForTimeout(300);
  }
  throw new Error('the fence never ended');
};

/** Grants at the door, as the API tells the guard; -1 while it cannot be asked. */
const grants = (): Promise<number> =>
  guard.evaluate(async () => {
    const path = '/api/console/events?door=east-gate-1&kind=access.granted&limit=50';
    const answer = await fetch(path).catch(() => undefined);
    if (answer?.ok !== true) return -1;
    const { events } = (await answer.json()) as { events: readonly unknown[] };
    return events.length;
  });

beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer } });
  demo = await startDemo({ args: ['--traffic', 'off', '--people', '40'] });
  browser = await chromium.launch({
    executablePath: inject('programs').chromium ?? 'chromium',
    args: [...browserArgs, ...quietArgs],
  });
  guard = await choose(await open({ viewport: { width: 1440, height: 900 } }), '王芳');
  phone = await choose(
    await open({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }),
    '李雷',
  );
  await phone.locator('.qr canvas').waitFor();
});

afterAll(async () => {
  await browser.close();
  await demo.kill('SIGTERM');
  await demo.remove();
});

describe('one door, one phone', () => {
  let used = '';

  it('opens the turnstile for the code on the screen, and the console says so', async () => {
    const { text, lamp } = await holdUntilPastFence();
    used = text;
    expect(lamp).toBe('green');
    // The lamp is green before the bar gives: a person pushes until it does.
    const walk = async () =>
      (await demo.control(`/devices/${door.controller}/walk`, { side: 'entry' }))['result'];
    await expect.poll(walk, { timeout: 2_000, interval: 50 }).toBe('passed');
    const line = guard.locator('.event', { hasText: '李雷' }).filter({ hasText: door.name });
    await line.filter({ hasText: '允许' }).filter({ hasText: '已通过' }).first().waitFor();
    await phone
      .getByText(/东门 1 号通道.*已使用|已使用.*东门 1 号通道/)
      .first()
      .waitFor();
  });

  it('refuses the same code as used, with its reason on every side', async () => {
    await phone.waitForTimeout(5_100);
    expect(await hold(used)).toMatchObject({ lamp: 'amber', text: '此码已使用' });
    await guard.getByText('此码已使用').first().waitFor();
  });

  it('opens with the cloud gone, and the event arrives once after its return', async () => {
    await phone.locator('.plate').click();
    await phone.waitForTimeout(500);
    const text = await readCode();
    expect(text).not.toBe(used);
    process.kill(demo.pid('cloud'), 'SIGKILL');
    await expect(fetch(`${demo.url}/healthz`)).rejects.toThrow();
    expect(await hold(text)).toMatchObject({ lamp: 'green' });
    await expect(fetch(`${demo.url}/healthz`)).rejects.toThrow();
    await expect.poll(grants, { timeout: 60_000, interval: 500 }).toBe(2);
    // It is sent until it is acknowledged, and counted once all the same.
    await guard.waitForTimeout(6_000);
    expect(await grants()).toBe(2);
  }, 120_000);

  it('opens from afar, and shows what the door itself confirmed', async () => {
    await guard.goto(`${demo.url}/console/doors/east-gate-1`);
    const button = guard.getByRole('button', { name: /按住/ });
    await button.waitFor();
    const box = await button.boundingBox();
    if (box === null) throw new Error('the button is not shown');
    await guard.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await guard.mouse.down();
    await guard.waitForTimeout(1_300);
    await guard.mouse.up();
    await guard
      .getByText(/门已确认|已确认/)
      .first()
      .waitFor();
  });
});

describe('the same door, no phone', () => {
  // The same card is one attempt for five seconds: asked again until the door has said something.
  it.each([
    ['the card of a student', { uid: '5a7f19c2' }, '请通行'],
    ['his number and PIN', { text: '240007246813#' }, '请通行'],
    ['a card of nobody', { uid: '04DEADBEEF0102' }, '未知卡'],
    ['the chip of a phone', { uid: '08A1B2C3' }, '请出示校园卡'],
    ['a wrong PIN', { text: '240007000000#' }, '号码或密码错误'],
  ])('%s: %j shows %s', async (_, what, shown) => {
    const said = async (): Promise<unknown> =>
      (await demo.control('/devices/east-gate-1-pad/present', what))['text'];
    await expect.poll(said, { timeout: 60_000, interval: 500 }).toBe(shown);
  });
});
