// needs: chromium-headless-shell
import type { Language } from '@gatehouse/protocols';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { choices } from '../../dev/campus.table.ts';
import type { Arranged } from '../../dev/mock-phone.ts';
import { graveFindings, openPages, scanScreen, useHere, waitForCode } from '../testing/pages.ts';
import type { Pages } from '../testing/pages.ts';

let pages: Pages;

beforeAll(async () => {
  pages = await openPages();
});

afterAll(() => pages.close());

const student = choices.find(({ role }) => role === 'student')?.person;
if (student === undefined) throw new Error('the mock campus has no student');

const hold = async (page: Page, device = 'library-west-in'): Promise<string> => {
  const { text } = await scanScreen(page);
  pages.campus.mock.phones.scan(device, text);
  return text;
};

const openSheet = async (page: Page, nth: number): Promise<void> => {
  await useHere(page);
  await page.locator('.card-actions .button').nth(nth).click();
  await page.locator('dialog[open]').waitFor();
};

type State = {
  readonly name: string;
  readonly arranged?: Arranged;
  readonly isNobody?: true;
  readonly userAgent?: string;
  /** Brings the page there and waits for it. */
  readonly reach: (page: Page, context: BrowserContext) => Promise<void>;
};

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const elsewhere = {
  ...{ id: '00a1b2c3d4e5f607', alg: 'ES256', here: false },
  enrolledAt: '2026-11-01T08:00:00.000Z',
};
const spread = { have: 1, of: 2, missing: [{ id: 'dorm', name: { zh: '宿舍', en: 'Dorm' } }] };
const wechat = 'Mozilla/5.0 (Linux; Android 14) Chrome/138.0.0.0 Mobile MicroMessenger/8.0.63';

const states: readonly State[] = [
  { name: 'nobody', isNobody: true, reach: (page) => page.locator('.notice .main').waitFor() },
  {
    name: 'another phone has it',
    arranged: { credential: elsewhere },
    reach: (page) => page.locator('.stopped .main').waitFor(),
  },
  { name: 'ready', reach: useHere },
  {
    name: 'the pay side',
    reach: async (page) => {
      await useHere(page);
      await page.locator('.kind-pay').click();
      await waitForCode(page);
    },
  },
  {
    name: 'let in',
    reach: async (page) => {
      await useHere(page);
      await hold(page);
      await page.locator('.result-granted').waitFor();
    },
  },
  {
    name: 'refused',
    reach: async (page) => {
      await useHere(page);
      const used = await hold(page);
      await page.locator('.result-granted .button').click();
      pages.campus.mock.phones.scan('library-west-in', used);
      await page.locator('.result-denied').waitFor();
    },
  },
  {
    name: 'the wrong side',
    reach: async (page) => {
      await useHere(page);
      await page.locator('.kind-pay').click();
      await waitForCode(page);
      await hold(page);
      await page.locator('.result-denied .main').waitFor();
    },
  },
  {
    name: 'its doors, of which labs wait',
    arranged: { waitsUntil: inAnHour() },
    reach: (page) => openSheet(page, 0),
  },
  {
    name: 'its history',
    reach: async (page) => {
      await useHere(page);
      await hold(page);
      await page.locator('.result-granted .button').click();
      await openSheet(page, 1);
    },
  },
  { name: 'its notices', reach: (page) => openSheet(page, 2) },
  { name: 'how to freeze it', arranged: { spread }, reach: (page) => openSheet(page, 3) },
  {
    name: 'its facts',
    arranged: { spread, waitsUntil: inAnHour() },
    reach: async (page) => {
      await useHere(page);
      await page.locator('.phone-link').click();
      await page.locator('.facts').waitFor();
    },
  },
  {
    name: 'frozen',
    arranged: { cardState: 'frozen', spread },
    reach: (page) => page.locator('.stopped .spread').waitFor(),
  },
  {
    name: 'ended',
    arranged: { cardState: 'ended' },
    reach: (page) => page.locator('.stopped h2').waitFor(),
  },
  {
    name: 'moved too often',
    arranged: { changesLeft: 0, nextChangeAt: inAnHour() },
    reach: (page) => page.locator('.stopped .figures').waitFor(),
  },
  {
    name: 'without a network',
    reach: async (page, context) => {
      await useHere(page);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await context.setOffline(true);
      await page.reload();
      await page.locator('.offline-chip').waitFor();
      await waitForCode(page);
    },
  },
  {
    name: 'a clock that is off, and the login ended',
    reach: async (page, context) => {
      await page.route('**/api/time', (route) =>
        route.fulfill({ json: { at: new Date(Date.now() + 245_000).toISOString() } }),
      );
      await page.reload();
      await useHere(page);
      await page.locator('.side-note summary').click();
      await context.clearCookies();
      await page.reload();
      await page.locator('.side-note .button').first().waitFor();
    },
  },
  {
    name: 'back after a purge, in a chat app',
    userAgent: wechat,
    reach: async (page, context) => {
      await useHere(page);
      const cdp = await context.newCDPSession(page);
      const origin = pages.campus.url;
      await cdp.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
      await page.locator('.side-note .plain').waitFor();
      await page.locator('[data-chat-app]').waitFor();
    },
  },
  {
    name: 'nothing can be kept',
    reach: async (page) => {
      await page.addInitScript(`Object.defineProperty(window, 'indexedDB', { value: undefined })`);
      await page.reload();
      await page.locator('.notice h1').waitFor();
    },
  },
];

type Shape = {
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
};

/** A state is reached in each language, and looked at in each shape; the first is how it opens. */
const looks: readonly (readonly [Language, Shape, ...(readonly Shape[])])[] = [
  ['zh', { width: 360, height: 640, scheme: 'light' }],
  [
    'en',
    { width: 390, height: 844, scheme: 'dark' },
    // Enlarged to twice its size: half as wide.
    { width: 195, height: 422, scheme: 'light' },
  ],
];

/** What reaches beyond the right edge, by its classes. */
const tooWide = (page: Page, width: number): Promise<readonly string[]> =>
  page.evaluate(
    (edge) =>
      document.documentElement.scrollWidth <= edge
        ? []
        : [...document.querySelectorAll('body *')]
            .filter((element) => element.getBoundingClientRect().right > edge)
            .map(({ tagName, className }) => `${tagName} ${String(className)}`),
    width,
  );

describe('every state of the card', () => {
  for (const { name, reach, arranged = {}, isNobody, userAgent } of states) {
    for (const [language, first, ...others] of looks) {
      it(`${name}, ${language}`, async () => {
        const { mock } = pages.campus;
        mock.phones.arrange(student, arranged);
        const visit = {
          ...{ language, ...first },
          reducedMotion: 'reduce',
          ...(isNobody ? {} : ({ role: 'student' } as const)),
          ...(userAgent === undefined ? {} : { userAgent }),
        } as const;
        await pages.visiting(visit, '/m/', async (page, context) => {
          await reach(page, context);
          for (const { width, height, scheme } of [first, ...others]) {
            await page.setViewportSize({ width, height });
            await page.emulateMedia({ colorScheme: scheme });
            expect(await graveFindings(page), `${width} px, ${scheme}`).toEqual([]);
            expect(await tooWide(page, width)).toEqual([]);
          }
        });
      });
    }
  }
});

describe('who listens instead of looking', () => {
  it('hears that the code is ready, that it ends soon, and what the gate says', async () => {
    pages.campus.mock.phones.arrange(student, {});
    await pages.visiting({ role: 'student', width: 390 }, '/m/', async (page) => {
      await useHere(page);
      await page.getByRole('status').filter({ hasText: 'Door code ready' }).waitFor();
      const plate = page.getByRole('button', { name: /^One-time door code/ });
      const left = await page.locator('#seconds-left').textContent();
      expect(left).toMatch(/^\d+ seconds left$/);
      await page.getByRole('status').filter({ hasText: '5 seconds left' }).waitFor();
      await page.getByRole('status').filter({ hasText: 'renewed' }).waitFor();
      const used = await hold(page);
      await page.getByRole('alert').filter({ hasText: 'used at Library West Gate' }).waitFor();
      await page.locator('.result-granted .button').click();
      pages.campus.mock.phones.scan('library-west-in', used);
      const refused = page.getByRole('alert').filter({ hasText: 'already used' });
      await refused.waitFor();
      expect(await refused.textContent()).toContain('Tap for a new one');
      await page.getByRole('button', { name: 'Show a new code' }).click();
      await refused.waitFor({ state: 'detached' });
      expect(await plate.count()).toBe(1);
    });
  });

  it('comes by keys to language, side, code and sheets in this order', async () => {
    await pages.visiting({ role: 'student', width: 390 }, '/m/', async (page) => {
      await useHere(page);
      const wanted = ['中文', 'Door', 'One-time door code', 'My doors', 'History', 'Notices'];
      const met: string[] = [];
      await page.reload(); // a fresh page has no place in the order yet
      await waitForCode(page);
      for (let i = 0; i < 12; i++) {
        await page.keyboard.press('Tab');
        const name = await page.evaluate(() => {
          const at = document.activeElement;
          return (
            at?.getAttribute('aria-label') ?? at?.closest('label')?.textContent ?? at?.textContent
          );
        });
        met.push(name ?? '');
      }
      const found = wanted.map((name) => met.findIndex((each) => each.startsWith(name)));
      expect(found).toEqual(found.toSorted((a, b) => a - b));
      expect(found).not.toContain(-1);
    });
  });
});
