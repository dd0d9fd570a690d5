// needs: chromium-headless-shell
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { graveFindings, useDemoBrowser } from './demo-browser.testing.ts';

// Cards from a file as an admin does it: the template, a dry run, apply, the cards, and back again.
// Real cloud, a real browser.

const { demo, pageOf } = useDemoBrowser(['--traffic', 'off', '--people', '40']);

const fitsInto = async (page: Page, width: number): Promise<void> => {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(width);
};

const partOf = (page: Page, verdict: string) =>
  page.getByRole('group').getByRole('button', { name: new RegExp(`^\\d+ ${verdict}$`) });

describe('cards from a file', () => {
  let address = '';

  it('go from the template to the cards', async () => {
    const page = await pageOf('Liu Yang', '/console/cards');
    await page.getByRole('link', { name: 'Issue cards from a file' }).click();
    await page.getByText('No file yet').waitFor();
    expect(await graveFindings(page)).toEqual([]);
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'English template' }).click();
    const template = await readFile(await (await downloading).path());
    await page
      .getByLabel('Choose a CSV file')
      .setInputFiles({ name: 'intake.csv', mimeType: 'text/csv', buffer: template });
    await page.getByText('Nothing has been changed yet.').waitFor();
    expect(await partOf(page, 'New').textContent()).toContain('8');
    expect(await page.locator('.bulk-row').count()).toBe(10);
    await partOf(page, 'Refused').click();
    await page.getByText('No such group: "chess-club"').waitFor();
    expect(await page.locator('.bulk-row').count()).toBe(1);
    expect(await graveFindings(page)).toEqual([]);
    await partOf(page, 'Refused').click();
    await page.getByRole('button', { name: 'Apply 9 rows' }).click();
    await page.locator('.bulk-state-applied').waitFor();
    await page.getByText('8 issued').waitFor();
    address = new URL(page.url()).pathname + new URL(page.url()).search;
    await page.getByRole('link', { name: 'N2026002' }).click();
    await page.getByRole('heading', { name: 'Wu Min' }).waitFor();
    await page.getByText('···E5F6').waitFor();
    await page.context().close();
  });

  it.each([
    { language: 'zh', width: 1440 },
    { language: 'zh', width: 390 },
    { language: 'en', width: 390 },
  ] as const)('can be left and come back to ($language, $width)', async (look) => {
    const page = await pageOf('Liu Yang', address, look);
    await page.locator('.bulk-row').first().waitFor();
    expect(await graveFindings(page)).toEqual([]);
    await fitsInto(page, look.width);
    await page.goto(`${demo().url}/console/cards/bulk`);
    await page.locator('.bulk-line').first().waitFor();
    expect(await graveFindings(page)).toEqual([]);
    await fitsInto(page, look.width);
    await page.context().close();
  });

  it('say what cannot be read, in words', async () => {
    const page = await pageOf('Liu Yang', '/console/cards/bulk', { language: 'zh' });
    await page.getByLabel(/或粘贴/).fill('姓名,身份\n李雷,学生');
    await page.getByRole('button', { name: '检查' }).click();
    await page.getByRole('alert').getByText('CL_BULK_HEADINGS').waitFor();
    expect(await graveFindings(page)).toEqual([]);
    await page.context().close();
  });

  it('are taken back, after a second question', async () => {
    const page = await pageOf('Liu Yang', address);
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('8 new cards end for good').waitFor();
    await page.getByRole('button', { name: 'Yes, take it back' }).click();
    await page.locator('.bulk-state-undone').waitFor();
    await page.getByText('8 ended again').waitFor();
    await page.getByRole('link', { name: 'N2026002' }).click();
    await page.getByText('Ended').first().waitFor();
    await page.context().close();
  });

  it('are not there for a clerk', async () => {
    const page = await pageOf('Lin Xiao', '/console/cards');
    await page.getByRole('searchbox').waitFor();
    expect(await page.getByRole('link', { name: 'Issue cards from a file' }).count()).toBe(0);
    await page.context().close();
  });
});
