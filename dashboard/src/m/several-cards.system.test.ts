// needs: chromium-headless-shell
import type { MeView } from '@gatehouse/protocols';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { choices } from '../../dev/campus.table.ts';
import {
  graveFindings,
  keptIn,
  openPages,
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

const phone = { width: 390, height: 844 } as const;
const personOf = (role: string) => {
  const found = choices.find((choice) => choice.role === role)?.person;
  if (found === undefined) throw new Error(`nobody is a ${role}`);
  return found;
};
const teacher = personOf('teacher');
const student = personOf('student');

const secondCard = '018f0000-0000-7000-8000-0000000000d2';
const twoCards: MeView['cards'] = [
  { id: teacher.id, number: 'T1', kind: 'teacher', unit: teacher.unit, state: 'active' },
  {
    ...{ id: secondCard, number: '2025000006', kind: 'student', state: 'active' },
    unit: { zh: '计算机学院 博士 2025', en: 'Computing, doctoral 2025' },
  },
];

const choose = (page: Page, name: RegExp) => page.getByRole('radio', { name }).check();
/** The student's card: by itself, or from the phone on which an earlier visit left it. */
const takeOther = async (page: Page): Promise<void> => {
  await choose(page, /student/);
  const shown = page.locator('.card-unit', { hasText: 'student' });
  const move = page.getByRole('heading', { name: 'The card is on another phone' });
  await shown.or(move).waitFor();
  if (await move.isVisible()) await page.locator('.stopped .button.main').click();
  await shown.waitFor();
  await waitForCode(page);
};
const credential = async (page: Page) => (await scanScreen(page)).pass.credential;

describe('a person with two cards', () => {
  it('has a key and a counter of each, and comes back to the one that was chosen', async () => {
    pages.campus.mock.phones.arrange(teacher, { cards: [...twoCards] });
    await visiting({ ...phone, role: 'teacher' }, '/m/', async (page) => {
      await useHere(page);
      const first = await credential(page);
      await choose(page, /student/);
      // The other card has no phone yet: it gets a key of its own.
      await page.getByText('Computing, doctoral 2025 · student').waitFor();
      await waitForCode(page);
      const second = await scanScreen(page);
      expect(second.pass.credential).not.toBe(first);
      expect(second.pass.counter).toBeLessThan(4);
      await page.locator('.plate').click();
      await expect
        .poll(async () => (await scanScreen(page)).pass.counter)
        .toBeGreaterThan(second.pass.counter);
      await page.reload();
      await waitForCode(page);
      expect(await credential(page)).toBe(second.pass.credential);
      await choose(page, /teacher/);
      await page.locator('.card-unit', { hasText: 'teacher' }).waitFor();
      await expect.poll(() => credential(page)).toBe(first);
      expect(await graveFindings(page)).toEqual([]);
    });
  });

  it('turns to the other one without a network, from what is kept', async () => {
    pages.campus.mock.phones.arrange(teacher, { cards: [...twoCards] });
    await visiting({ ...phone, role: 'teacher' }, '/m/', async (page, context) => {
      await useHere(page);
      const first = await credential(page);
      await takeOther(page);
      const second = await credential(page);
      await context.setOffline(true);
      await choose(page, /teacher/);
      await page.locator('.card-unit', { hasText: 'teacher' }).waitFor();
      await expect.poll(() => credential(page)).toBe(first);
      await choose(page, /student/);
      await page.locator('.card-unit', { hasText: 'student' }).waitFor();
      await expect.poll(() => credential(page)).toBe(second);
    });
  });

  it('freezes one of them; the other goes on', async () => {
    pages.campus.mock.phones.arrange(teacher, { cards: [...twoCards] });
    await visiting({ ...phone, role: 'teacher' }, '/m/', async (page) => {
      await useHere(page);
      await takeOther(page);
      await page.getByRole('button', { name: 'Freeze', exact: true }).click();
      await page.locator('.freeze .button.danger').click();
      await page.getByRole('heading', { name: 'This card is frozen' }).waitFor();
      await choose(page, /teacher/);
      await waitForCode(page);
      await choose(page, /student/);
      await page.getByRole('button', { name: 'Unfreeze' }).click();
      await waitForCode(page);
    });
  });
});

describe('what this phone knows of a card', () => {
  it('is as it was last told: frozen stays frozen without a network', async () => {
    pages.campus.mock.phones.arrange(teacher, { cards: [...twoCards] });
    await visiting({ ...phone, role: 'teacher' }, '/m/', async (page, context) => {
      await useHere(page);
      await expect.poll(() => keptIn(page)).toEqual({ keys: 1, seen: 1 });
      await page.evaluate(() => navigator.serviceWorker.ready);
      await page.getByRole('button', { name: 'Freeze', exact: true }).click();
      await page.locator('.freeze .button.danger').click();
      await page.getByRole('heading', { name: 'This card is frozen' }).waitFor();
      await context.setOffline(true);
      await page.reload();
      await page.getByRole('heading', { name: 'This card is frozen' }).waitFor();
      await context.setOffline(false);
      await page.getByRole('button', { name: 'Unfreeze' }).click();
      await waitForCode(page);
    });
  });

  it('ends with the card: the other one is shown, also without a network', async () => {
    pages.campus.mock.phones.arrange(teacher, { cards: [...twoCards] });
    await visiting({ ...phone, role: 'teacher' }, '/m/', async (page, context) => {
      await useHere(page);
      await takeOther(page);
      await expect.poll(() => keptIn(page)).toEqual({ keys: 2, seen: 2 });
      await page.evaluate(() => navigator.serviceWorker.ready);
      const left = twoCards.filter(({ id }) => id !== secondCard);
      pages.campus.mock.phones.arrange(teacher, { cards: left });
      await page.reload();
      await page.locator('.card-unit', { hasText: 'teacher' }).waitFor();
      await waitForCode(page);
      await context.setOffline(true);
      await page.reload();
      await page.locator('.card-unit', { hasText: 'teacher' }).waitFor();
      await waitForCode(page);
    });
  });
});

describe('a key from before there were several cards', () => {
  it('goes over to its card, counter and all, though an older page is open', async () => {
    pages.campus.mock.phones.arrange(student, {});
    await visiting({ ...phone, role: 'student' }, '/m/', async (page, context) => {
      await useHere(page);
      await page.locator('.plate').click();
      const former = (await scanScreen(page)).pass;
      // An older page of this site, which holds the store as version 2 had it.
      const older = await context.newPage();
      await older.goto(`${pages.campus.url}/favicon.svg`);
      await page.goto('about:blank');
      await older.evaluate(async () => {
        const done = <T>(request: IDBRequest<T>): Promise<T> =>
          new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error ?? new Error('no'));
          });
        const now = await done(indexedDB.open('gatehouse-card'));
        type Row = Record<string, unknown>;
        const read = async (name: string): Promise<Row[]> => {
          const rows: unknown[] = await done(now.transaction(name).objectStore(name).getAll());
          // Rows of our own store.
          return rows as Row[];
        };
        const [keys, seen] = [await read('cardKeys'), await read('cardSeen')];
        now.close();
        await done(indexedDB.deleteDatabase('gatehouse-card'));
        const opening = indexedDB.open('gatehouse-card', 2);
        opening.onupgradeneeded = () => {
          opening.result.createObjectStore('keys', { keyPath: 'person' });
          opening.result.createObjectStore('seen', { keyPath: 'person' });
          opening.result.createObjectStore('last');
        };
        const old = await done(opening);
        // As the page of then did it: it lets go when a newer one comes.
        old.onversionchange = () => {
          old.close();
        };
        const tx = old.transaction(['keys', 'seen', 'last'], 'readwrite');
        for (const { card: _card, ...key } of keys) tx.objectStore('keys').put(key);
        for (const { card: _seen, ...each } of seen) tx.objectStore('seen').put(each);
        tx.objectStore('last').put(seen[0]?.['person'], 'person');
        await new Promise((resolve) => {
          tx.oncomplete = resolve;
        });
      });
      const enrolments: string[] = [];
      page.on('request', (request) => {
        if (request.url().includes('/api/me/enrol')) enrolments.push(request.url());
      });
      await page.goto(`${pages.campus.url}/m/`);
      await waitForCode(page);
      const { pass } = await scanScreen(page);
      expect(pass.credential).toBe(former.credential);
      expect(pass.counter).toBeGreaterThan(former.counter);
      expect(enrolments).toEqual([]);
    });
  });
});

describe('on a phone that is not the holder’s', () => {
  const wristband = { also: [{ kind: 'wristband', digits: '5E80' }] } as const;

  it.each(['zh', 'en'] as const)('no key is made and nothing stays: %s', async (language) => {
    pages.campus.mock.phones.arrange(student, { ...wristband, also: [...wristband.also] });
    await visiting({ ...phone, role: 'student', language }, '/m/?borrowed', async (page) => {
      const enrolments: string[] = [];
      page.on('request', (request) => {
        if (request.url().includes('/api/me/enrol')) enrolments.push(request.url());
      });
      await page.getByText('5E80').waitFor();
      expect(await graveFindings(page)).toEqual([]);
      // History, freezing and the desk are there all the same.
      const words = language === 'zh' ? ['记录', '关闭'] : ['History', 'Close'];
      await page.getByRole('button', { name: words[0] ?? '', exact: true }).click();
      await page.getByRole('dialog').waitFor();
      await page.getByRole('button', { name: words[1] ?? '', exact: true }).click();
      expect(await keptIn(page)).toEqual({ keys: 0, seen: 0 });
      const elsewhere = await page.evaluate(async () => ({
        names: Object.keys(localStorage),
        pictures: await caches.has('gatehouse-photo'),
      }));
      expect(elsewhere).toEqual({ names: [], pictures: false });
      expect(enrolments).toEqual([]);
      await page.locator('.stopped .button.main').click();
      await page.waitForURL((url) => !url.pathname.startsWith('/m'));
    });
    pages.campus.mock.phones.arrange(student, {});
  });

  it('no key is made of another card either, nor after a reload', async () => {
    pages.campus.mock.phones.arrange(teacher, {
      cards: [...twoCards],
      also: [...wristband.also],
    });
    await visiting({ ...phone, role: 'teacher' }, '/m/?borrowed', async (page) => {
      const enrolments: string[] = [];
      page.on('request', (request) => {
        if (request.url().includes('/api/me/enrol')) enrolments.push(request.url());
      });
      const none = page.getByRole('heading', { name: 'No code on this phone' });
      await none.waitFor();
      await choose(page, /student/);
      await page.locator('.own-card[data-chosen=true]', { hasText: 'student' }).waitFor();
      await none.waitFor();
      await page.reload();
      await none.waitFor();
      expect(enrolments).toEqual([]);
      expect(await keptIn(page)).toEqual({ keys: 0, seen: 0 });
    });
    pages.campus.mock.phones.arrange(teacher, {});
  });

  it('who carries a wristband is asked whose phone it is', async () => {
    const fresh = choices.filter(({ role }) => role === 'guard')[0]?.person;
    if (fresh === undefined) throw new Error('no guard');
    pages.campus.mock.phones.arrange(fresh, { also: [...wristband.also] });
    await visiting({ ...phone, role: 'guard' }, '/m/', async (page) => {
      await page.getByRole('heading', { name: 'Is this your own phone?' }).waitFor();
      await page.getByRole('button', { name: 'This is not my phone' }).click();
      await page.getByRole('heading', { name: 'No code on this phone' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'No code on this phone' }).waitFor();
      await page.getByRole('button', { name: 'It is my phone after all' }).click();
      await waitForCode(page);
    });
    pages.campus.mock.phones.arrange(fresh, {});
  });
});
