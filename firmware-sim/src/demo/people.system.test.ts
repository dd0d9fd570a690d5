// needs: chromium-headless-shell
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { graveFindings, useDemoBrowser } from './demo-browser.testing.ts';

// A visitor at the card desk, from the first word to the last: a person, a card, a wristband and a
// PIN on paper, and their end. Real cloud, real gateways, a real browser.

const { pageOf } = useDemoBrowser(['--people', '60']);

const addVisitor = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'New visitor' }).click();
  await page.getByLabel('Name in Chinese').fill('高师傅');
  await page.getByLabel('Name in pinyin or English').fill('Gao Jun');
  await page.getByLabel('Class, office or firm, in Chinese').fill('电梯公司');
  await page.getByLabel('The same in English').fill('Lift company');
  await page.getByLabel('Sponsor').fill('chen jing');
  await page.locator('.sponsor-hit', { hasText: 'Chemistry' }).first().click();
  await page.locator('.people-groups .chip', { hasText: /^staff/ }).click();
  expect(await graveFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'Gao Jun' }).waitFor();
};

describe('a visitor at the card desk', () => {
  it('gets a card, a wristband and a PIN that is shown once, and loses all of it', async () => {
    const page = await pageOf('Lin Xiao', '/console/cards');
    await page.locator('.listed-row').first().waitFor();
    expect(await graveFindings(page)).toEqual([]);
    await addVisitor(page);
    const card = page.locator('.held-card');
    expect(await card.locator('.held-number').textContent()).toMatch(/^V\d{9}$/);
    await page.getByRole('button', { name: 'Add wristband or card' }).click();
    await page.locator('input:focus').waitFor();
    await page.keyboard.type('04D1E5C0FFEE01');
    await page.keyboard.press('Enter');
    await card.getByText('···EE01').waitFor();
    await page.getByRole('button', { name: 'Set a PIN' }).click();
    await page.getByRole('button', { name: 'Draw one and show the letter' }).click();
    const secret = page.locator('.pin-letter-pin dd');
    const pin = (await secret.textContent()) ?? '';
    expect(pin).toMatch(/^\d{6}$/);
    expect(await graveFindings(page)).toEqual([]);
    // On paper stands the letter, and nothing else of the page.
    await page.emulateMedia({ media: 'print' });
    expect(await secret.isVisible()).toBe(true);
    expect(await page.getByRole('heading', { name: 'Gao Jun' }).isVisible()).toBe(false);
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('button', { name: 'Done, hide the PIN' }).click();
    await card.getByText(/^number \d{6}/).waitFor();
    expect(await page.content()).not.toContain(`>${pin}<`);
    await page.reload();
    await card.getByText(/^number \d{6}/).waitFor();
    expect(await page.content()).not.toContain(`>${pin}<`);
    expect(await graveFindings(page)).toEqual([]);
    // One stray tap ends nothing.
    await page.getByRole('button', { name: 'End the one ending EE01' }).click();
    await card.getByText('···EE01').waitFor();
    await page.getByRole('button', { name: 'End the one ending EE01?' }).click();
    await card.getByText('···EE01').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'End the card' }).click();
    await page.getByLabel(/^Why/).fill('the lift works again');
    await card.getByRole('button', { name: 'End the card' }).click();
    await page.getByText('No card yet.').waitFor();
    await page.getByText('Ended cards (1)').click();
    await page.locator('.held-card-ended .held-number').click();
    await page.locator('.card-history', { hasText: 'the lift works again' }).waitFor();
    await page.locator('.person-head .card-state-ended').waitFor();
    await page.context().close();
  });

  it('is told whose a wristband is that was laid there by mistake', async () => {
    const page = await pageOf('Lin Xiao', '/console/cards?q=2024000008', { language: 'zh' });
    await page.locator('.listed-row', { hasText: '韩梅梅' }).click();
    await page.getByRole('button', { name: '添加腕带或卡片' }).click();
    await page.locator('input:focus').waitFor();
    await page.keyboard.type('5A7F19C2');
    await page.keyboard.press('Enter');
    await page.locator('.held-taken', { hasText: '李雷' }).waitFor();
    await page.context().close();
  });

  it('is found by filters that stand in the address, on a phone too', async () => {
    const page = await pageOf('Liu Yang', '/console/cards?kind=student', { width: 390 });
    await page.locator('.listed-row').first().waitFor();
    await page.getByLabel('PIN or not').selectOption({ label: 'With a PIN' });
    await page.waitForURL(/pin=yes/);
    await expect.poll(() => page.locator('.listed-row').count()).toBe(1);
    await page.reload();
    await page.locator('.listed-row', { hasText: 'Li Lei' }).waitFor();
    expect(await page.locator('.listed-row').count()).toBe(1);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    expect(await graveFindings(page)).toEqual([]);
    await page.context().close();
  });

  it('has a photo that the browser makes small, and that is taken away again', async () => {
    const page = await pageOf('Lin Xiao', '/console/cards?q=2024000008');
    await page.locator('.listed-row', { hasText: 'Han Meimei' }).click();
    await page.getByText('No photo yet: this face is drawn').waitFor();
    // As large as a camera's, and of a kind that does not shrink by itself.
    const big = await page.evaluate(() => {
      const canvas = document.createElement('canvas');
      canvas.width = 2400;
      canvas.height = 3000;
      const pen = canvas.getContext('2d');
      for (let i = 0; i < 20_000; i += 1) {
        if (pen === null) break;
        pen.fillStyle = `hsl(${(i * 47) % 360} 80% 50%)`;
        pen.fillRect((i * 97) % 2400, (i * 61) % 3000, 23, 31);
      }
      return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
    });
    const buffer = Buffer.from(big, 'base64');
    expect(buffer.length).toBeGreaterThan(200 * 1024);
    const file = page.locator('input[type=file]');
    await file.setInputFiles({ name: 'face.png', mimeType: 'image/png', buffer });
    await page.getByRole('button', { name: 'Save the photo' }).click();
    await page.getByRole('button', { name: 'Remove the photo' }).click();
    await page.getByText('No photo yet: this face is drawn').waitFor();
    await page.context().close();
  });
});
