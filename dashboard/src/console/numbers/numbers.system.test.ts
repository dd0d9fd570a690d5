// needs: chromium-headless-shell
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graveFindings, openPages } from '../../testing/pages.ts';
import type { Pages } from '../../testing/pages.ts';

let pages: Pages;
let visiting: Pages['visiting'];

beforeAll(async () => {
  pages = await openPages();
  ({ visiting } = pages);
});

afterAll(() => pages.close());

const addressOf = (page: Page): string => {
  const { pathname, search } = new URL(page.url());
  return decodeURIComponent(pathname + search);
};

describe('the numbers', () => {
  it('open their lists, and the address holds the filter', async () => {
    await visiting({ role: 'admin' }, '/console', async (page) => {
      await page.getByRole('link', { name: 'Numbers' }).click();
      const funnel = page.getByRole('region', { name: 'Cards from issued to used' });
      await funnel.getByText('12,480').waitFor();
      await page.getByLabel('Never used counts from').selectOption('90');
      await funnel.getByRole('link', { name: /Never used/ }).click();
      await page.getByRole('heading', { name: 'Never used' }).waitFor();
      expect(addressOf(page)).toBe('/console/numbers/cards?list=never&never=90');
      await page.getByRole('searchbox').fill('li lei');
      await expect
        .poll(() => page.locator('.counted-row').count(), { timeout: 20_000 })
        .toBeLessThan(10);
      await page.getByText('Li Lei').first().waitFor();
      await expect.poll(() => addressOf(page), { timeout: 20_000 }).toContain('q=li+lei');
      const href = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href');
      expect(href).toContain('/cards.csv?');
      expect(href).toContain('list=never');
      expect(href).toContain('q=li+lei');
      await page.reload();
      expect(await page.getByRole('searchbox').inputValue()).toBe('li lei');
    });
  });

  it('load a list page by page', async () => {
    await visiting({ role: 'admin' }, '/console/numbers/cards', async (page) => {
      const rows = page.locator('.counted-row');
      await rows.first().waitFor();
      expect(await rows.count()).toBeLessThanOrEqual(100);
      // The next page comes before the end is reached.
      const scrolled = async (): Promise<number> => {
        await page.mouse.wheel(0, 4_000);
        return rows.count();
      };
      await expect.poll(scrolled, { timeout: 20_000 }).toBe(120);
    });
  });

  it('show no names to facility staff, and offer no counting again', async () => {
    await visiting({ role: 'facility' }, '/console/numbers', async (page) => {
      await page.getByText('Makes far more codes than it uses').waitFor();
      expect(await page.locator('.odd-row').first().textContent()).toContain('Card 2024000001');
      expect(await page.getByRole('button', { name: 'Count again' }).count()).toBe(0);
    });
  });

  it('are not there for a guard', async () => {
    await visiting({ role: 'guard' }, '/console', async (page) => {
      await page.getByRole('link', { name: 'Gateways' }).waitFor();
      expect(await page.getByRole('link', { name: 'Numbers' }).count()).toBe(0);
    });
  });

  it('are grouped and counted by the keyboard', async () => {
    await visiting({ role: 'admin' }, '/console/numbers', async (page) => {
      const byUnit = page.getByRole('button', { name: 'By class or office' });
      await byUnit.focus();
      await page.keyboard.press('Enter');
      await expect
        .poll(() => addressOf(page), { timeout: 20_000 })
        .toBe('/console/numbers?by=unit');
      const refused = page.getByRole('button', { name: /refused$/ });
      await refused.focus();
      await page.keyboard.press('Space');
      await expect.poll(() => addressOf(page), { timeout: 20_000 }).toContain('show=denied');
      await page.locator('.heat-of-denied').waitFor();
    });
  });
});

const looks = [
  { language: 'zh', width: 1440, scheme: 'light' },
  { language: 'en', width: 390, scheme: 'dark' },
  { language: 'zh', width: 390, scheme: 'light' },
] as const;

describe('the screens of numbers', () => {
  for (const look of looks) {
    for (const path of ['/console/numbers', '/console/numbers/cards?list=never']) {
      it(`${path} ${look.language} ${look.width} ${look.scheme} is for everybody`, async () => {
        await visiting({ role: 'admin', ...look }, path, async (page) => {
          await page.locator('.heat, .counted-row').first().waitFor();
          expect(await graveFindings(page)).toEqual([]);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(wide).toBeLessThanOrEqual(look.width);
        });
      });
    }
  }
});
