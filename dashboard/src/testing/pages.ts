import { AxeBuilder } from '@axe-core/playwright';
import { parsePass } from '@gatehouse/protocols';
import type { Language, Pass, Role } from '@gatehouse/protocols';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { serveMock } from '../../dev/adapters/mock-http.ts';
import type { RunningMock } from '../../dev/adapters/mock-http.ts';
import { choices } from '../../dev/campus.table.ts';

// The built pages in a real browser, against the mock campus and under the real content policy.

/** A name that is not loopback, so that http there is as little trusted as on any network. */
export const plainHost = 'gatehouse.test';

const browserArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP ${plainHost} 127.0.0.1`,
];

export type Visit = {
  readonly role?: Role;
  readonly language?: Language;
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  readonly userAgent?: string;
  readonly touch?: boolean;
  readonly reducedMotion?: 'reduce';
  /** Device pixels for one of the page: 2 on a phone, else 1, unless told. */
  readonly scale?: number;
};

const phoneWidthMax = 640;

export type Pages = {
  readonly dist: string;
  readonly campus: RunningMock;
  readonly browser: Browser;
  /** Opens a page, hands it over, and fails on any error that the page logs. */
  readonly visiting: (
    visit: Visit,
    path: string,
    run: (page: Page, context: BrowserContext) => Promise<void>,
    on?: RunningMock,
  ) => Promise<void>;
  readonly close: () => Promise<void>;
};

const contextFor = async (browser: Browser, visit: Visit, url: string): Promise<BrowserContext> => {
  const { role, language = 'en', width = 1440, height = 900, scheme = 'light' } = visit;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: visit.scale ?? (width > phoneWidthMax ? 1 : 2),
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    colorScheme: scheme,
    hasTouch: visit.touch ?? false,
    ...(visit.userAgent === undefined ? {} : { userAgent: visit.userAgent }),
    ...(visit.reducedMotion === undefined ? {} : { reducedMotion: visit.reducedMotion }),
  });
  context.setDefaultTimeout(20_000);
  const choice = choices.find((each) => each.role === role);
  if (choice !== undefined) {
    const data = { person: choice.person.id, role: choice.role };
    await context.request.post(`${url}/api/session`, { data });
  }
  return context;
};

/** Starts a browser and the mock campus. */
export const openPages = async (): Promise<Pages> => {
  const dist = inject('pages');
  const executablePath = inject('programs')['chromium-headless-shell'] ?? 'chromium';
  const browser = await chromium.launch({ executablePath, args: browserArgs });
  const campus = await serveMock({ scenario: 'busy', dist, port: 0 });
  // The decoder's wasm from its own package: nothing is fetched from anywhere.
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(await readFile(wasm)).buffer } });
  return {
    ...{ dist, campus, browser },
    visiting: async (visit, path, run, on = campus) => {
      const context = await contextFor(browser, visit, on.url);
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        const isNetwork = message.text().startsWith('Failed to load resource');
        if (message.type() === 'error' && !isNetwork) errors.push(message.text());
      });
      await page.goto(on.url + path);
      await run(page, context);
      await context.close();
      expect(errors).toEqual([]);
    },
    close: async () => {
      await browser.close();
      await campus.close();
    },
  };
};

/** What a scanner sees: the code from a picture of the screen. */
export const scanScreen = async (page: Page): Promise<{ text: string; pass: Pass }> => {
  const picture = await page.locator('.qr canvas').screenshot();
  const [found] = await readBarcodes(new Uint8Array(picture), { formats: ['QRCode'] });
  const text = found?.text ?? '';
  const parsed = parsePass(text);
  if (!parsed.ok) throw new Error(`the screen shows ${parsed.reason}: '${text}'`);
  return { text, pass: parsed.pass };
};

export const waitForCode = (page: Page): Promise<void> => page.locator('.qr canvas').waitFor();

/** Each visit is a new phone, so the card may still be on the one before. */
export const useHere = async (page: Page): Promise<void> => {
  const move = page.locator('.stopped .button.main');
  await page.locator('.qr canvas').or(move).first().waitFor();
  if (await move.isVisible()) await move.click();
  await waitForCode(page);
};

/** How many keys and cards this browser keeps of `/m`. */
export const keptIn = (page: Page): Promise<{ readonly keys: number; readonly seen: number }> =>
  page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('no'));
      });
    const db = await done(indexedDB.open('gatehouse-card'));
    const tx = db.transaction(['cardKeys', 'cardSeen']);
    const [keys, seen] = await Promise.all([
      done(tx.objectStore('cardKeys').count()),
      done(tx.objectStore('cardSeen').count()),
    ]);
    db.close();
    return { keys, seen };
  });

/** What axe finds serious or critical. Our pages have no frames, so it needs no page of its own. */
export const graveFindings = async (page: Page): Promise<readonly string[]> => {
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
};
