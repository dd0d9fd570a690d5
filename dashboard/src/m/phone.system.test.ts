// needs: chromium-headless-shell
import type { NoticeView, ScannerView } from '@gatehouse/protocols';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { choices } from '../../dev/campus.table.ts';
import {
  keptIn,
  openPages,
  plainHost,
  scanScreen,
  useHere,
  waitForCode,
} from '../testing/pages.ts';
import type { Pages } from '../testing/pages.ts';

let pages: Pages;
let visiting: Pages['visiting'];

beforeAll(async () => {
  pages = await openPages();
  ({ visiting } = pages);
});

afterAll(() => pages.close());

const phone = { role: 'student', width: 360, height: 740 } as const;
const student = choices.find(({ role }) => role === 'student')?.person;
if (student === undefined) throw new Error('the mock campus has no student');

/** Holds what the screen shows before a reader of the mock campus, as a hand would. */
const hold = async (page: Page, device = 'library-west-in'): Promise<ScannerView | undefined> => {
  const { text } = await scanScreen(page);
  return pages.campus.mock.phones.scan(device, text);
};

const seenText = (page: Page, selector: string): Promise<string | null> =>
  page.locator(selector).first().textContent();

/** What a browser throws away of a page: all but its cookies, or these too. */
const purge = async (
  page: Page,
  context: BrowserContext,
  what: 'storage' | 'everything',
): Promise<void> => {
  const cdp = await context.newCDPSession(page);
  const types = 'indexeddb,local_storage,cache_storage,service_workers';
  const storageTypes = what === 'everything' ? 'all' : types;
  await cdp.send('Storage.clearDataForOrigin', { origin: pages.campus.url, storageTypes });
  if (what === 'everything') await context.clearCookies();
};

/** Counts what a finger does, over all pages that are opened meanwhile. */
const countTaps = async (context: BrowserContext): Promise<() => number> => {
  let taps = 0;
  await context.exposeBinding('tapped', () => {
    taps += 1;
  });
  await context.addInitScript(
    `addEventListener('pointerup', (event) => { if (event.isTrusted) tapped(); }, true)`,
  );
  return () => taps;
};

const tapsMax = 3;

describe('a purged phone', () => {
  const backAfter = (
    what: 'storage' | 'everything',
    comeBack: (page: Page) => Promise<void>,
  ): Promise<void> =>
    visiting(phone, '/m/', async (page, context) => {
      await useHere(page);
      const former = await scanScreen(page);
      const taps = await countTaps(context);
      // An open page would be back before the one that is looked at.
      await page.goto('about:blank');
      await purge(page, context, what);
      const from = performance.now();
      await page.goto(`${pages.campus.url}/m/`);
      await comeBack(page);
      await waitForCode(page);
      const seconds = ((performance.now() - from) / 1000).toFixed(1);
      process.stdout.write(`purged (${what}): back in ${seconds} s, ${taps()} taps\n`);
      expect(taps()).toBeLessThanOrEqual(tapsMax);
      expect((await scanScreen(page)).pass.credential).not.toBe(former.pass.credential);
      expect((await hold(page))?.lamp).toBe('green');
    });

  it('with its login alive is back without a tap, and says what happened', async () => {
    await backAfter('storage', async (page) => {
      await page.getByText('The browser had deleted', { exact: false }).waitFor();
    });
  });

  it('without a login is back in three taps', async () => {
    await backAfter('everything', async (page) => {
      await page.getByRole('link', { name: 'Choose' }).click();
      await page.getByRole('button', { name: /Li Lei/ }).click();
      await page.getByRole('button', { name: 'Use the card on this phone' }).click();
    });
  });

  it('is told at once while the page is open, and its card comes back', async () => {
    await visiting(phone, '/m/', async (page, context) => {
      await useHere(page);
      const former = (await scanScreen(page)).pass.credential;
      await purge(page, context, 'storage');
      await page.getByText('The browser had deleted', { exact: false }).waitFor();
      await waitForCode(page);
      expect((await scanScreen(page)).pass.credential).not.toBe(former);
      expect((await hold(page))?.lamp).toBe('green');
    });
  });

  it('that cannot come back by itself asks', async () => {
    await visiting(phone, '/m/', async (page, context) => {
      await useHere(page);
      await page.route('**/api/me/enrol?*', (route) => route.abort());
      await purge(page, context, 'storage');
      await page.getByRole('heading', { name: 'The browser deleted the key' }).waitFor();
      await page.getByText('The server cannot be reached').waitFor();
      await page.unroute('**/api/me/enrol?*');
      await page.getByRole('button', { name: 'Enable this phone again' }).click();
      await waitForCode(page);
      expect((await hold(page))?.lamp).toBe('green');
    });
  });
});

describe('the card', () => {
  it('shows a pass of its own key, and a new one on tap', async () => {
    await visiting(phone, '/m/', async (page) => {
      await useHere(page);
      const first = await scanScreen(page);
      await page.locator('.plate').click();
      // It also renews itself every 15 s.
      await expect
        .poll(async () => (await scanScreen(page)).pass.counter)
        .toBeGreaterThan(first.pass.counter);
      const box = await page.locator('.qr canvas').boundingBox();
      expect(box?.width).toBeGreaterThanOrEqual(240);
      expect(await page.content()).not.toContain(first.text);
    });
  });

  it('opens a gate, says so, and writes it down by day', async () => {
    await visiting(phone, '/m/', async (page) => {
      await useHere(page);
      await page.getByText('Hold this code before a scanner').click();
      await page.locator('.demo select').selectOption('library-west-in');
      await page.getByRole('button', { name: 'Hold it there' }).click();
      await page.locator('.lamp-green').waitFor();
      expect(await seenText(page, '.result-granted')).toContain('Library West Gate');
      await page.getByRole('button', { name: 'Walk through' }).click();
      await page.getByRole('button', { name: 'History' }).click();
      const today = page.getByRole('dialog').locator('.sheet-group').first();
      expect(await today.locator('h3').textContent()).toBe('Today');
      await today.getByText('Library West Gate').first().waitFor();
    });
  });

  it('freezes and unfreezes', async () => {
    await visiting(phone, '/m/', async (page) => {
      await useHere(page);
      await page.getByRole('button', { name: 'Freeze', exact: true }).click();
      await page.getByRole('button', { name: 'Freeze now' }).click();
      await page.getByRole('heading', { name: 'This card is frozen' }).waitFor();
      expect(await page.locator('.qr').count()).toBe(0);
      await page.getByRole('button', { name: 'Unfreeze' }).click();
      await waitForCode(page);
    });
  });

  it('never shows a counter twice, on two pages of one browser', async () => {
    await visiting(phone, '/m/', async (page, context) => {
      await useHere(page);
      const other = await context.newPage();
      await other.goto(`${pages.campus.url}/m/`);
      await waitForCode(other);
      const counters: number[] = [];
      for (let round = 0; round < 5; round++) {
        for (const one of [page, other]) {
          // Only a page that is seen makes codes.
          await one.bringToFront();
          await one.locator('.plate').click();
          const shown = async (): Promise<number> => (await scanScreen(one)).pass.counter;
          await expect.poll(shown).toBeGreaterThan(counters.at(-1) ?? 0);
          counters.push(await shown());
        }
      }
      expect(new Set(counters).size).toBe(counters.length);
    });
  });

  it('goes on showing codes when the login has ended', async () => {
    await visiting(phone, '/m/', async (page, context) => {
      await useHere(page);
      // The code is shown a moment before the card is kept.
      await expect.poll(() => keptIn(page)).toEqual({ keys: 1, seen: 1 });
      await context.clearCookies();
      await page.reload();
      await page.getByRole('link', { name: 'Sign in again' }).waitFor();
      await waitForCode(page);
      expect((await hold(page))?.lamp).toBe('green');
    });
  });
});

const turns: readonly (readonly [
  string,
  (page: Page, context: BrowserContext) => Promise<void>,
])[] = [
  [
    'a mouse',
    async (page) => {
      const card = await page.locator('.card').boundingBox();
      if (card === null) throw new Error('there is no card');
      await page.mouse.move(card.x + 260, card.y + 60);
      await page.mouse.down();
      await page.mouse.move(card.x + 60, card.y + 64, { steps: 4 });
      await page.mouse.up();
    },
  ],
  [
    'a finger over the code',
    async (page, context) => {
      const plate = await page.locator('.plate').boundingBox();
      if (plate === null) throw new Error('there is no plate');
      const cdp = await context.newCDPSession(page);
      const y = plate.y + 80;
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x?: number) =>
        cdp.send('Input.dispatchTouchEvent', {
          type,
          touchPoints: x === undefined ? [] : [{ x: plate.x + x, y }],
        });
      await touch('touchStart', 220);
      for (const x of [200, 160, 120, 80, 60]) await touch('touchMove', x);
      await touch('touchEnd');
    },
  ],
  [
    'a key',
    async (page) => {
      await page.locator('.plate').focus();
      await page.keyboard.press('ArrowRight');
    },
  ],
  ['the switch', (page) => page.getByText('Pay', { exact: true }).click()],
];

describe('the other side of the card', () => {
  for (const [by, turn] of turns) {
    it(`is reached by ${by}, and a gate refuses it with the way back`, async () => {
      await visiting({ ...phone, touch: true }, '/m/', async (page, context) => {
        await useHere(page);
        await turn(page, context);
        await page.locator('.card-pay').waitFor();
        await waitForCode(page);
        expect((await hold(page))?.lamp).toBe('amber');
        const refusal = page.getByRole('alert');
        await refusal.waitFor();
        expect(await refusal.textContent()).toContain('This is a pay code');
        await page.getByRole('button', { name: 'Turn the card over' }).click();
        await page.locator('.card-door').waitFor();
        await refusal.waitFor({ state: 'detached' });
        expect((await hold(page))?.lamp).toBe('green');
      });
    });
  }
});

/** Chromium's words for what keeps a page from being installed; a test's window is always this. */
const privateWindow = 'in-incognito';

describe('the installed card', () => {
  for (const [language, name, file] of [
    ['zh', '校园卡', 'manifest.webmanifest'],
    ['en', 'Campus card', 'manifest-en.webmanifest'],
  ] as const) {
    it(`can be installed and is called ${name}`, async () => {
      await visiting({ ...phone, language }, '/m/', async (page, context) => {
        await useHere(page);
        await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
        const cdp = await context.newCDPSession(page);
        const { url, errors, data = '' } = await cdp.send('Page.getAppManifest');
        expect(errors).toEqual([]);
        expect(url).toBe(`${pages.campus.url}/m/${file}`);
        const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
        const others = installabilityErrors.filter(({ errorId }) => errorId !== privateWindow);
        expect(others).toEqual([]);
        const manifest = JSON.parse(data) as Manifest; // ours, from public/m
        expect(manifest).toMatchObject({ id: '/m/', scope: '/m/', short_name: name });
        expect(manifest.icons.some(({ purpose }) => purpose === 'maskable')).toBe(true);
        const icons = [...manifest.icons, ...manifest.shortcuts.flatMap((each) => each.icons)];
        for (const { src } of icons) {
          expect((await context.request.get(pages.campus.url + src)).status(), src).toBe(200);
        }
      });
    });
  }

  it('starts cold without a network, by its shortcut too, and its passes verify', async () => {
    await visiting(phone, '/m/', async (page, context) => {
      await useHere(page);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await page.reload();
      await waitForCode(page);
      const before = await scanScreen(page);
      await page.close();
      await context.setOffline(true);
      const cold = await context.newPage();
      await cold.goto(`${pages.campus.url}/m/`);
      await waitForCode(cold);
      const after = await scanScreen(cold);
      expect(after.pass.counter).toBeGreaterThan(before.pass.counter);
      expect(after.pass.credential).toBe(before.pass.credential);
      expect((await hold(cold))?.lamp).toBe('green');
      await cold.goto(`${pages.campus.url}/m/?show=pay`);
      await cold.locator('.card-pay').waitFor();
      await waitForCode(cold);
      expect((await hold(cold))?.lamp).toBe('amber');
    });
  });

  it('is offered where the browser can, and only until somebody answers', async () => {
    await visiting(phone, '/m/', async (page) => {
      await useHere(page);
      expect(await page.locator('[data-install]').count()).toBe(0);
      await page.evaluate(() => {
        const event = new Event('beforeinstallprompt', { cancelable: true });
        const prompt = (): Promise<void> => {
          document.title = 'asked';
          return Promise.resolve();
        };
        dispatchEvent(Object.assign(event, { prompt }));
      });
      await page.getByRole('button', { name: 'Add to home screen' }).click();
      expect(await page.title()).toBe('asked');
      expect(await page.locator('[data-install]').count()).toBe(0);
    });
    await visiting({ ...phone, userAgent: agents.iphone }, '/m/', async (page) => {
      await useHere(page);
      await page.getByText('Add to Home Screen', { exact: false }).waitFor();
      await page.getByRole('button', { name: 'No, thanks' }).click();
      await page.reload();
      await waitForCode(page);
      expect(await page.locator('[data-install]').count()).toBe(0);
    });
  });

  for (const [app, zh, en] of [
    ['wechat', '微信', 'WeChat'],
    ['wecom', '企业微信', 'WeCom'],
    ['dingtalk', '钉钉', 'DingTalk'],
  ] as const) {
    it(`says what it cannot do inside ${en}`, async () => {
      const visit = { ...phone, userAgent: agents[app] };
      await visiting({ ...visit, language: 'zh' }, '/m/', async (page) => {
        await useHere(page);
        const note = page.locator(`[data-chat-app="${app}"]`);
        expect(await note.textContent()).toContain(`在${zh}里不能：断网后重新打开`);
      });
      await visiting(visit, '/m/', async (page) => {
        await useHere(page);
        const note = page.locator(`[data-chat-app="${app}"]`);
        expect(await note.textContent()).toContain(`Inside ${en} it cannot be opened again`);
        expect(await page.locator('[data-install]').count()).toBe(0);
        await note.getByRole('button', { name: 'Copy the address' }).click();
        await expect.poll(() => note.getByRole('status').textContent()).not.toBe('');
      });
    });
  }
});

type Icon = { readonly src: string; readonly purpose?: string };
type Manifest = {
  readonly icons: readonly Icon[];
  readonly shortcuts: readonly { readonly icons: readonly Icon[] }[];
};

const android = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/138.0.0.0 Mobile';
const agents = {
  iphone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1',
  wechat: `${android} XWEB/1380123 MMWEBSDK/20250804 MicroMessenger/8.0.63 WeChat/arm64`,
  wecom: `${android} wxwork/5.0.0 MicroMessenger/7.0.1`,
  dingtalk: `${android} AliApp(DingTalk/8.0.0) com.alibaba.android.rimet`,
} as const;

describe('a browser that cannot hold a card', () => {
  it('keeps nothing: is told so, in place of an error', async () => {
    await visiting(phone, '/', async (page) => {
      for (const broken of [
        `Object.defineProperty(window, 'indexedDB', { value: undefined })`,
        `indexedDB.open = () => { throw new DOMException('forbidden', 'InvalidStateError'); }`,
      ]) {
        const context = page.context();
        const other = await context.newPage();
        await other.addInitScript(broken);
        await other.goto(`${pages.campus.url}/m/`);
        await other.getByRole('heading', { name: 'This browser cannot keep the card' }).waitFor();
        await other.close();
      }
    });
  });

  it('cannot write a counter down: shows no code, and one again when it can', async () => {
    await visiting(phone, '/m/', async (page) => {
      await useHere(page);
      // Full until it is emptied, and pressed in the same step: a renewal in between would take the
      // code away before the press.
      await page.evaluate(() => {
        const whole = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (...args) {
          const [stores, mode] = args;
          const isFull = !document.body.hasAttribute('data-emptied');
          if (isFull && stores === 'cardKeys' && mode === 'readwrite') {
            throw new DOMException('full', 'QuotaExceededError');
          }
          return whole.apply(this, args);
        };
        document.querySelector<HTMLElement>('.plate')?.click();
      });
      await page.getByRole('heading', { name: 'Nothing can be saved' }).waitFor();
      await page.evaluate(() => {
        document.body.setAttribute('data-emptied', '');
      });
      await page.locator('.stopped .main').click();
      await waitForCode(page);
    });
  });

  it('came by plain http: is told to come by https', async () => {
    const plain = pages.campus.url.replace('127.0.0.1', plainHost);
    await visiting({ width: 360 }, '/', async (page) => {
      await page.goto(`${plain}/`);
      await page.getByRole('button', { name: /Li Lei/ }).click();
      await page.getByRole('heading', { name: 'No codes at this address' }).waitFor();
      expect(await page.locator('.qr').count()).toBe(0);
    });
  });
});

const notice: NoticeView = {
  id: 'notice-1',
  at: '2026-11-20T01:00:00Z',
  kind: 'phone.replaced',
  title: { zh: '校园卡已换到另一部手机', en: 'Your card moved to another phone' },
  text: { zh: '', en: '' },
  next: { zh: '', en: '' },
  read: false,
  data: {},
};

describe('what is known of the card', () => {
  it('is its gateways, changes, labs and clock', async () => {
    await visiting(phone, '/m/', async (page) => {
      await page.route('**/api/time', (route) =>
        route.fulfill({ json: { at: new Date(Date.now() - 245_000).toISOString() } }),
      );
      // Before the page is loaded: it may not listen yet when it shows its code.
      pages.campus.mock.phones.arrange(student, {
        ...{ changesLeft: 1, waitsUntil: new Date(Date.now() + 3_600_000).toISOString() },
        spread: { have: 2, of: 3, missing: [{ id: 'dorm', name: { zh: '宿舍', en: 'Dorm' } }] },
      });
      await page.reload();
      await useHere(page);
      expect(await seenText(page, '.side-note summary')).toBe("Your phone's clock is 4 min fast");
      await page.getByRole('button', { name: 'Card and phone' }).click();
      const sheet = page.getByRole('dialog');
      await sheet.getByText('2 of 3 gateways', { exact: false }).waitFor();
      await sheet.getByText('Not yet: Dorm').waitFor();
      await sheet.getByText('left within 30 days: 1.', { exact: false }).waitFor();
      await sheet.getByText('labs and stores open from', { exact: false }).waitFor();
      pages.campus.mock.phones.arrange(student, {});
    });
  });

  it('is what its owner was told: a line until it was read', async () => {
    pages.campus.mock.phones.tell(student, notice);
    await visiting(phone, '/m/', async (page) => {
      await useHere(page);
      await page.locator('.notice-banner').click();
      await page.getByRole('dialog').getByText(notice.title.en).first().waitFor();
      await page.locator('.notice-banner').waitFor({ state: 'detached' });
      await page.reload();
      await waitForCode(page);
      expect(await page.locator('.notice-banner').count()).toBe(0);
    });
  });

  it('is that it has moved too often', async () => {
    const nextChangeAt = '2026-12-03T01:00:00Z';
    pages.campus.mock.phones.arrange(student, { changesLeft: 0, nextChangeAt });
    await visiting(phone, '/m/', async (page) => {
      await page.getByRole('heading', { name: 'No more changes of phone' }).waitFor();
      await page.getByText('again from 3 Dec', { exact: false }).waitFor();
      expect(await page.getByRole('button', { name: 'Use the card' }).count()).toBe(0);
      pages.campus.mock.phones.arrange(student, {});
    });
  });
});
