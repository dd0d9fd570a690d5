// needs: chromium-headless-shell
import { defaultFace } from '@gatehouse/protocols';
import type { CardFace, CardFaceView } from '@gatehouse/protocols';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { graveFindings, openPages, scanScreen, useHere, waitForCode } from '../testing/pages.ts';
import type { Pages } from '../testing/pages.ts';

let pages: Pages;
let visiting: Pages['visiting'];

beforeAll(async () => {
  pages = await openPages();
  ({ visiting } = pages);
});

afterAll(() => pages.close());

const plain = defaultFace(null);
const shown: CardFace = {
  ...plain,
  colour: '#5b2a86',
  title: { zh: '东湖大学校园卡', en: 'East Lake card' },
  cover: 'hills',
  fields: ['photo', 'name', 'name_en', 'number', 'unit', 'valid_to'],
  shortcuts: [
    { label: { zh: '图书馆', en: 'Library' }, url: 'https://xn--1jq52s681d.example.org/a' },
  ],
};

/** As if an administrator had just saved it. */
const wear = (face: CardFace): void => {
  const { mock } = pages.campus;
  expect(mock.state.face.save({ face, version: mock.state.face.view().version })).toBe(true);
  mock.phones.tellAll();
};

beforeEach(() => {
  wear(plain);
});

const phone = { role: 'student', width: 360, height: 740 } as const;
const editor = '/console/settings/card-face';

const groundOf = (page: Page): Promise<string> =>
  page.locator('.card-door').evaluate((card) => getComputedStyle(card).backgroundColor);

const linesOf = (page: Page): Promise<readonly string[]> =>
  page.locator('.card-person p').allTextContents();

describe('an administrator', () => {
  it('changes colour and fields, and a phone that is open shows them', async () => {
    await visiting(phone, '/m/', async (card) => {
      await useHere(card);
      expect(await groundOf(card)).toBe('rgb(31, 111, 92)');
      await visiting({ role: 'admin' }, '/console/settings', async (page) => {
        await page.getByRole('link', { name: /^Card face/ }).click();
        const code = page.getByRole('textbox', { name: 'Campus card: colour code' });
        const save = page.getByRole('button', { name: 'Save' });
        expect(await save.isDisabled()).toBe(true);
        await code.fill('#8a8aff');
        await page.getByText('below 4.5:1', { exact: false }).waitFor();
        expect(await save.isDisabled()).toBe(true);
        await page.getByRole('button', { name: 'Use #' }).click();
        await page.getByText('readable', { exact: false }).waitFor();
        await code.fill('#5b2a86');
        await page.getByRole('checkbox', { name: 'Card number' }).check();
        // By keyboard: the number moves to the top, and the focus goes with it.
        const up = page.getByRole('button', { name: 'Card number up' });
        await up.focus();
        for (const place of [3, 2, 1]) {
          await page.keyboard.press('Enter');
          await page.getByText(`Card number is now number ${place}`).waitFor();
        }
        await page.getByRole('radio', { name: 'Grid' }).check();
        expect(await groundOf(page)).toBe('rgb(91, 42, 134)'); // of the preview
        await save.click();
        await page.getByText('Saved.', { exact: false }).waitFor();
        expect(await graveFindings(page)).toEqual([]);
      });
      await expect.poll(() => groundOf(card)).toBe('rgb(91, 42, 134)');
      expect((await linesOf(card))[0]).toMatch(/^No\.\s\*{4}\d{4}$/);
      expect(await card.locator('.card').getAttribute('data-face')).toBe('grid');
    });
  });

  it('is asked before unsaved changes are left, and can go back to the default', async () => {
    wear(shown);
    await visiting({ role: 'admin' }, editor, async (page) => {
      await page.getByRole('button', { name: 'Back to the default' }).click();
      await page.getByText('There are unsaved changes.').waitFor();
      await page.getByRole('link', { name: 'Back to settings' }).click();
      const question = page.getByRole('dialog', { name: 'Your changes are not saved.' });
      await question.getByRole('button', { name: 'Stay here' }).click();
      await question.waitFor({ state: 'detached' });
      expect(new URL(page.url()).pathname).toBe(editor);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.', { exact: false }).waitFor();
      await page.getByRole('link', { name: 'Back to settings' }).click();
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      expect(await question.count()).toBe(0);
    });
    const { face }: CardFaceView = pages.campus.mock.state.face.view();
    expect(face).toEqual(plain);
  });

  it('who comes second is told so, and loses nothing that is typed', async () => {
    await visiting({ role: 'admin' }, editor, async (page) => {
      const title = page.getByRole('textbox', { name: 'Title · English' });
      await title.fill('Mine');
      wear(shown);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('CL_FACE_STALE').waitFor();
      expect(await title.inputValue()).toBe('Mine');
      await page.getByRole('link', { name: 'Back to settings' }).click();
      await page.getByRole('button', { name: 'Leave without saving' }).click();
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
    });
  });

  it('adds a shortcut, whose host is told in punycode, and no script', async () => {
    await visiting({ role: 'admin' }, editor, async (page) => {
      await page.getByRole('button', { name: 'Add one (at most 6)' }).click();
      await page.getByRole('textbox', { name: 'Label 1 · Chinese' }).fill('图书馆');
      await page.getByRole('textbox', { name: 'Label 1 · English' }).fill('Library');
      const url = page.getByRole('textbox', { name: 'Link 1' });
      await url.fill('javascript:alert(1)');
      await page.getByText('It has to begin with https://', { exact: false }).waitFor();
      expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
      await url.fill('https://\u0430pple.example/');
      await page.getByText('Opens xn--pple-43d.example', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.', { exact: false }).waitFor();
    });
  });

  for (const [language, width, scheme] of [
    ['zh', 1440, 'light'],
    ['en', 390, 'dark'],
  ] as const) {
    it(`can use the page in every way: ${language}, ${width} px, ${scheme}`, async () => {
      wear(shown);
      await visiting({ role: 'admin', language, width, scheme }, editor, async (page) => {
        await page.locator('.face-phone .qr canvas').waitFor();
        for (const chip of await page.locator('.face-preview .chip').all()) {
          await chip.click();
          expect(await chip.getAttribute('aria-pressed')).toBe('true');
        }
        expect(await graveFindings(page)).toEqual([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide).toBeLessThanOrEqual(width);
      });
    });
  }
});

describe('a phone', () => {
  for (const [language, scheme] of [
    ['zh', 'light'],
    ['en', 'dark'],
  ] as const) {
    it(`shows the school’s card, and its code is read: ${language}, ${scheme}`, async () => {
      wear(shown);
      await visiting({ ...phone, language, scheme }, '/m/', async (page) => {
        await useHere(page);
        expect((await scanScreen(page)).pass.credential).toMatch(/^[0-9a-f]{16}$/);
        await page.locator('.card-photo img').waitFor();
        expect(await page.locator('.card-title').textContent()).toBe(shown.title[language]);
        expect((await linesOf(page))[0]).toBe(language === 'zh' ? '李雷' : 'Li Lei');
        const link = page.locator('.shortcuts a');
        expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
        expect(await link.getAttribute('target')).toBe('_blank');
        expect(await link.textContent()).toContain('xn--1jq52s681d.example.org');
        expect(await graveFindings(page)).toEqual([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide).toBeLessThanOrEqual(phone.width);
      });
    });
  }

  for (const colour of ['#000000', '#d40000', '#767676', '#0000ff']) {
    it(`has a code that is read on ${colour}, whatever the cover`, async () => {
      await visiting({ ...phone, scheme: 'dark' }, '/m/', async (page) => {
        await useHere(page);
        for (const cover of ['wave', 'grid', 'hills', 'arches'] as const) {
          wear({ ...shown, colour, cover });
          await page.locator(`[data-face='${cover}']`).waitFor();
          await waitForCode(page);
          expect((await scanScreen(page)).pass.credential).toMatch(/^[0-9a-f]{16}$/);
        }
      });
    });
  }

  it('keeps its face without a network, the photo with it', async () => {
    wear(shown);
    await visiting(phone, '/m/', async (page, context) => {
      await useHere(page);
      await page.locator('.card-photo img').waitFor();
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await page.reload();
      await waitForCode(page);
      await page.close();
      await context.setOffline(true);
      const cold = await context.newPage();
      await cold.goto(`${pages.campus.url}/m/`);
      await waitForCode(cold);
      expect(await groundOf(cold)).toBe('rgb(91, 42, 134)');
      await cold.locator('.card-photo img').waitFor();
      expect(await cold.locator('.shortcuts a').count()).toBe(1);
    });
  });

  it('turns to a pay card that is the same at every school', async () => {
    wear(shown);
    await visiting(phone, '/m/', async (page) => {
      await useHere(page);
      await page.getByText('Pay', { exact: true }).click();
      const pay = page.locator('.card-pay');
      await pay.waitFor();
      const ground = await pay.evaluate((card) => getComputedStyle(card).backgroundColor);
      expect(ground).toBe('rgb(91, 63, 166)');
      expect(await graveFindings(page)).toEqual([]);
    });
  });
});
