// needs: chromium-headless-shell
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { graveFindings, useDemoBrowser } from './demo-browser.testing.ts';

// The card desk as people use it: a student books on a phone, a clerk does the whole job by
// keyboard, a guard freezes, a stranger writes. Real cloud, real gateways, a real browser.

const { demo, open, pageOf } = useDemoBrowser(['--people', '60']);

/** What a reader with a keyboard's plug types; counted apart from what the clerk types. */
const layOnReader = async (page: Page, uid: string): Promise<void> => {
  await page.keyboard.type(uid);
  await page.keyboard.press('Enter');
};

describe('the card desk', () => {
  it('is booked, moved and given back on a phone', async () => {
    const page = await pageOf('Li Lei', '/m/', { width: 390 });
    await page.getByRole('button', { name: 'New card' }).click();
    const sheet = page.getByRole('dialog');
    const slots = sheet.locator('.slot:enabled');
    // Another day: late in the evening today has one slot left, or none.
    await sheet.getByRole('combobox').last().selectOption({ index: 1 });
    await slots.first().click();
    await sheet.getByRole('button', { name: /^Book \d\d:\d\d$/ }).click();
    await sheet.getByText(/^Booked for /).waitFor();
    expect(await graveFindings(page)).toEqual([]);
    await slots.nth(1).click();
    await sheet.getByRole('button', { name: /^Move to \d\d:\d\d$/ }).click();
    await sheet.getByText(/^Booked for /).waitFor();
    await sheet.getByRole('button', { name: 'Cancel the booking' }).click();
    await sheet.getByText(/^Booked for /).waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('gives out a card with two keys pressed by the clerk', async () => {
    const page = await pageOf('Lin Xiao', '/console/');
    await page.waitForURL('**/console/desk');
    await page.locator('.queue-waiting, .queue-missed').first().waitFor();
    const waiting = await page.locator('.queue-done').count();
    const asked: string[] = [];
    page.on('request', (request) => {
      const path = new URL(request.url()).pathname;
      if (path.startsWith('/api/') && !/photo|stream/.test(path)) asked.push(path);
    });
    // Nothing is clicked: the field has the keyboard from the start. Two keys are the clerk's.
    await page.keyboard.press('Enter');
    await page.locator('.taken-name').waitFor();
    await layOnReader(page, '04C0FFEE112233');
    await page.locator('.reader-blank').waitFor();
    expect(await page.locator('.reader-blank').textContent()).toContain('2233');
    expect(await graveFindings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.locator('.given-word').waitFor();
    // Twenty seconds are for the clerk's eyes and hands: the screen waits for two answers.
    expect(asked).toEqual(['/api/console/desk/uid/04C0FFEE112233', '/api/console/desk/replace']);
    expect(await page.locator('.receipt').textContent()).toContain('···2233');
    await page.getByText('3 of 3 gateways have it').waitFor();
    await expect.poll(() => page.locator('.queue-done').count()).toBe(waiting + 1);
    expect(await graveFindings(page)).toEqual([]);
    // The wrong card lay there.
    await page.keyboard.press('Control+z');
    await page.locator('.given-undone').waitFor();
    await expect.poll(() => page.locator('.queue-done').count()).toBe(waiting);
    await page.context().close();
  });

  it('serves a walk-in by number, refuses somebody’s card, and says whose it is', async () => {
    const page = await pageOf('Lin Xiao', '/console/desk', { language: 'zh' });
    await page.locator('#desk-field').waitFor();
    await page.keyboard.type('2024000007');
    await page.keyboard.press('Enter');
    await page.locator('.taken-name', { hasText: '李雷' }).waitFor();
    await layOnReader(page, '04C0FFEE445566');
    await page.locator('.reader-blank').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.given-word', { hasText: '李雷' }).waitFor();
    // The next one, and by mistake the card that was just given out. A number is no UID here.
    await page.keyboard.type('2024000008');
    await page.keyboard.press('Enter');
    await page.locator('.taken-name', { hasText: '韩梅梅' }).waitFor();
    await layOnReader(page, '04c0ffee445566');
    await page.locator('.reader-held', { hasText: '李雷' }).waitFor();
    await page.keyboard.press('Enter');
    expect(await page.locator('.given-word').count()).toBe(0);
    await page.keyboard.type('2024000007');
    await page.keyboard.press('Enter');
    await page.locator('.taken-name', { hasText: '李雷' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.taken-name').waitFor({ state: 'detached' });
    await page.context().close();
  });
});

describe('a card of somebody else', () => {
  it('is frozen by a guard, reaches every gateway, and stands in its history', async () => {
    const page = await pageOf('Wang Fang', '/console/cards');
    await page.locator('.card-search:focus').waitFor();
    await page.keyboard.type('zhou jie');
    await page.locator('.card-row', { hasText: 'Zhou Jie' }).first().click();
    await page.getByRole('heading', { name: 'Zhou Jie' }).waitFor();
    await page.getByLabel('Why').fill('called, lost the wallet');
    await page.getByRole('button', { name: 'Freeze this card' }).click();
    await page.locator('.person-head .card-state-frozen').waitFor();
    await page.getByText('3 of 3 gateways have it').waitFor();
    await page.locator('.card-history', { hasText: 'called, lost the wallet' }).waitFor();
    expect(await graveFindings(page)).toEqual([]);
    await page.context().close();
  });

  it('is frozen by a guardian on the phone, where it is a child’s', async () => {
    const page = await pageOf('Li Na', '/m/', { width: 390 });
    await page.getByRole('button', { name: 'Children' }).click();
    const child = page.locator('.child', { hasText: 'Li Xiaoming' });
    await child.getByLabel('Why').fill('lost the school bag');
    await child.getByRole('button', { name: 'Freeze Li Xiaoming' }).click();
    await child.getByText('Frozen; the card desk unfreezes it').waitFor();
    expect(await graveFindings(page)).toEqual([]);
    await page.context().close();
  });

  it('is told of by a stranger, and frozen by a code on paper', async () => {
    const holder = await pageOf('Sun Li', '/m/', { width: 390 });
    await holder.getByRole('button', { name: 'Freeze code' }).click();
    await holder.getByRole('button', { name: 'Make the code' }).click();
    const code = (await holder.locator('.shown-code code').textContent()) ?? '';
    const context = await open({ width: 390 });
    const page = await context.newPage();
    await page.goto(`${demo().url}/found`);
    await page.getByLabel('Number on the card').fill('2025000009');
    await page.getByLabel('Where it is').fill('with the guard at the east gate');
    await page.getByRole('button', { name: 'Tell the holder' }).click();
    await page.locator('.open-done').waitFor();
    expect(await graveFindings(page)).toEqual([]);
    await page.goto(`${demo().url}/freeze`);
    await page.getByLabel('Freeze code').fill(code.toLowerCase());
    await page.getByRole('button', { name: 'Freeze the card' }).click();
    await page.locator('.open-done').waitFor();
    await holder.reload();
    await holder.locator('.stopped').waitFor();
    await context.close();
    await holder.context().close();
  });
});
