// needs: chromium
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startDemo } from './demo.testing.ts';
import type { RunningDemo } from './demo.testing.ts';

// Cards from a file as an admin does it: the template, a dry run, apply, the cards, and back again.
// Real cloud, a real browser.

const browserArgs = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const startsWithinMs = 180_000;
const stepTimeoutMs = 60_000;

let demo: RunningDemo;
let browser: Browser;

beforeAll(async () => {
  demo = await startDemo({ args: ['--traffic', 'off', '--people', '40'] });
  const executablePath = inject('programs').chromium ?? 'chromium';
  browser = await chromium.launch({ executablePath, args: browserArgs });
}, startsWithinMs);
afterAll(async () => {
  await browser?.close();
  await demo?.kill('SIGTERM');
  await demo?.remove();
}, startsWithinMs);

type Look = { readonly language?: 'zh' | 'en'; readonly width?: number };

const pageOf = async (
  person: string,
  path: string,
  { language = 'en', width = 1440 }: Look = {},
): Promise<Page> => {
  const context = await browser.newContext({
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    viewport: { width, height: 900 },
  });
  context.setDefaultTimeout(stepTimeoutMs);
  const answer = await context.request.get(`${demo.url}/api/demo/choices`);
  // The contract's view of it.
  const choices = (await answer.json()) as {
    person: { id: string; name: { en: string } };
    role: string;
  }[];
  const choice = choices.find((one) => one.person.name.en === person);
  await context.request.post(`${demo.url}/api/session`, {
    data: { person: choice?.person.id, role: choice?.role },
    headers: { origin: demo.url },
  });
  const page = await context.newPage();
  await page.goto(demo.url + path);
  return page;
};

const axe = async (page: Page): Promise<readonly string[]> =>
  (await new AxeBuilder({ page }).analyze()).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);

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
    expect(await axe(page)).toEqual([]);
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
    expect(await axe(page)).toEqual([]);
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
    expect(await axe(page)).toEqual([]);
    await fitsInto(page, look.width);
    await page.goto(`${demo.url}/console/cards/bulk`);
    await page.locator('.bulk-line').first().waitFor();
    expect(await axe(page)).toEqual([]);
    await fitsInto(page, look.width);
    await page.context().close();
  });

  it('say what cannot be read, in words', async () => {
    const page = await pageOf('Liu Yang', '/console/cards/bulk', { language: 'zh' });
    await page.getByLabel(/或粘贴/).fill('姓名,身份\n李雷,学生');
    await page.getByRole('button', { name: '检查' }).click();
    await page.getByRole('alert').getByText('CL_BULK_HEADINGS').waitFor();
    expect(await axe(page)).toEqual([]);
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
