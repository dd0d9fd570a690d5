// needs: chromium-headless-shell
import type { Language, Role } from '@gatehouse/protocols';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveMock } from '../dev/adapters/mock-http.ts';
import { graveFindings, openPages, useHere, waitForCode } from './testing/pages.ts';
import type { Pages } from './testing/pages.ts';

let pages: Pages;
let visiting: Pages['visiting'];

beforeAll(async () => {
  pages = await openPages();
  ({ visiting } = pages);
});

afterAll(() => pages.close());

describe('the chooser', () => {
  it('opens the page of the person with one tap', async () => {
    await visiting({ language: 'zh', width: 360 }, '/', async (page) => {
      await page.getByRole('button', { name: /李雷/ }).click();
      await page.waitForURL('**/m/');
      await waitForCode(page);
      expect(await page.locator('.card-name').textContent()).toBe('李雷');
    });
    await visiting({}, '/', async (page) => {
      await page.getByRole('button', { name: /Wang Fang Guard/ }).click();
      await page.waitForURL('**/console/');
      await page.getByRole('heading', { name: 'Needs you' }).waitFor();
    });
  });
});

describe('the console', () => {
  it('names what needs somebody and shows what happens', async () => {
    await visiting({ role: 'guard' }, '/console', async (page) => {
      const needs = page.getByRole('region', { name: 'Needs you' });
      await needs.getByText('Library East Gate').waitFor();
      await needs.getByText('Gateway silent').waitFor();
      await page.getByText('Silent: Dormitory gateway', { exact: false }).first().waitFor();
      await page.locator('.live-live').waitFor();
      expect(
        await page
          .locator('.feed')
          .getByText(/ (opened|closed)$/)
          .count(),
      ).toBe(0);
      const lines = page.locator('.feed .event');
      const first = await lines.first().textContent();
      await expect.poll(() => lines.first().textContent(), { timeout: 15_000 }).not.toBe(first);
    });
  });

  it('opens a door only when the button is held, and follows it to the end', async () => {
    await visiting({ role: 'guard' }, '/console/doors/lab-main', async (page) => {
      const button = page.getByRole('button', { name: 'Hold 1 s to open' });
      await button.click();
      await page.getByText('Too short', { exact: false }).waitFor();
      expect(await page.locator('.steps').count()).toBe(0);
      await button.hover();
      await page.mouse.down();
      await page.locator('.step-reached.step-of-confirmed').waitFor();
      await page.mouse.up();
      expect(await page.locator('.step-reached').count()).toBe(4);
      await page.getByText('Letting in').first().waitFor();
    });
  });

  it('says why a door behind a silent gateway cannot be opened', async () => {
    await visiting({ role: 'guard' }, '/console/doors/dorm-main', async (page) => {
      await page.getByRole('button', { name: 'Hold 1 s to open' }).hover();
      await page.mouse.down();
      await page.getByText('The gateway is silent; nothing was sent').waitFor();
      await page.mouse.up();
    });
  });

  it('keeps the filters of its lists in the address', async () => {
    await visiting({ role: 'facility' }, '/console/doors?state=unknown', async (page) => {
      await page.getByRole('heading', { name: 'North Dormitory' }).waitFor();
      expect(await page.getByRole('heading', { name: 'Library' }).count()).toBe(0);
      await page.getByLabel('Find by name').fill('canteen');
      await page.waitForURL('**/console/doors?*q=canteen*');
      await page.getByRole('link', { name: 'Events' }).click();
      await page.getByRole('button', { name: 'Refused' }).click();
      await page.waitForURL('**/console/events?result=denied');
      await expect.poll(() => page.locator('.event-denied').count()).toBeGreaterThan(3);
      expect(await page.locator('.event-granted').count()).toBe(0);
    });
  });

  it('shows both uses of a doubtful code, and closes a case with what was found', async () => {
    const own = await serveMock({ scenario: 'busy', dist: pages.dist, port: 0 });
    await visiting(
      { role: 'facility' },
      '/console/uses',
      async (page) => {
        const spent = page.locator('.doubt', { hasText: 'One code was used twice' });
        await expect.poll(() => spent.locator('.use-side').count()).toBe(2);
        expect(await spent.getByText('Show it').count()).toBe(0);
        const close = spent.getByRole('button', { name: 'Close the case' });
        expect(await close.isDisabled()).toBe(true);
        await spent.getByLabel('What did you find?').fill('A friend had a picture of it');
        await spent.getByRole('button', { name: 'Freeze card' }).click();
        await spent.getByRole('button', { name: 'is frozen' }).waitFor();
        await close.click();
        await spent.waitFor({ state: 'detached' });
        await page.getByRole('button', { name: 'Closed', exact: true }).click();
        await page.waitForURL('**/console/uses?state=closed');
        await page.getByText('A friend had a picture of it').waitFor();
      },
      own,
    );
    await own.close();
  });

  it('sends a student to the card, and nobody to the chooser', async () => {
    await visiting({ role: 'student' }, '/console', async (page) => {
      await page.getByText('The console is for staff').waitFor();
    });
    await visiting({}, '/console', (page) => page.waitForURL(`${pages.campus.url}/`));
  });

  it('says at once that the picture is old when the server is gone', async () => {
    const own = await serveMock({ scenario: 'calm', dist: pages.dist, port: 0 });
    await visiting(
      { role: 'guard' },
      '/console',
      async (page) => {
        await page.getByRole('heading', { name: 'All is well' }).waitFor();
        await page.locator('.live-live').waitFor();
        await own.close();
        await page.getByText('Live data was lost at', { exact: false }).waitFor();
      },
      own,
    );
  });
});

describe('the screens on a phone', () => {
  it('are within reach of the thumb; what has no room there is one press further', async () => {
    await visiting({ role: 'admin', width: 390 }, '/console', async (page) => {
      const screens = page.getByRole('navigation', { name: 'Screens' });
      await screens.getByRole('link', { name: 'Doors' }).waitFor();
      expect(await screens.getByRole('link').count()).toBe(4);
      await screens.getByRole('button', { name: 'More' }).click();
      await page.keyboard.press('Escape');
      expect(await screens.getByRole('link', { name: 'Events' }).count()).toBe(0);
      await screens.getByRole('button', { name: 'More' }).click();
      expect(await graveFindings(page)).toEqual([]);
      await screens.getByRole('link', { name: 'Events' }).click();
      await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
      const more = screens.getByRole('button', { name: 'More' });
      expect(await more.getAttribute('aria-expanded')).toBe('false');
    });
  });
});

describe('groups of gateways', () => {
  it('are made, changed and ended, each with what it means', async () => {
    await visiting({ role: 'admin' }, '/console/gateways', async (page) => {
      await page.getByRole('link', { name: 'Groups: once across gateways' }).click();
      const group = page.getByRole('region', { name: /East Lake · east/ });
      await group.getByRole('button', { name: 'Change' }).click();
      await group.getByLabel('Who is asked').selectOption({ label: 'Lab gateway' });
      await group.getByText('For 90 seconds after another gateway is asked').waitFor();
      await group.getByLabel('Its address for the others').fill('not a host');
      await group.getByText('Give a host name or an IP address').waitFor();
      expect(await group.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
      await group.getByLabel('Its address for the others').fill('10.20.0.8');
      await group.getByRole('checkbox', { name: /Dormitory gateway/ }).check();
      await group.getByRole('button', { name: 'Save' }).click();
      await group.getByText('The others ask at 10.20.0.8:18830').waitFor();
      const asked = group.getByRole('listitem').filter({ hasText: 'is asked by the others' });
      expect(await asked.textContent()).toContain('Lab gateway');
      await page.getByText('Every gateway is in a group').waitFor();
      await group.getByRole('button', { name: 'End this group' }).click();
      await group.getByText('Each gateway decides alone then').waitFor();
      await group.getByRole('button', { name: 'End the group' }).click();
      await page.getByRole('button', { name: 'Make a group' }).click();
      await page.getByLabel('Name of the group (a-z, 0-9, -)').fill('gates');
      await page.getByText('Choose two gateways at least').waitFor();
      expect(await graveFindings(page)).toEqual([]);
    });
  });

  it('are for those who set up the school', async () => {
    await visiting({ role: 'facility' }, '/console/gateways', async (page) => {
      await page.getByRole('heading', { name: 'Gateways' }).waitFor();
      expect(await page.getByRole('link', { name: /once across gateways/ }).count()).toBe(0);
    });
  });
});

describe('devices', () => {
  const atDevice = (id: string, role: Role, run: (page: Page) => Promise<void>): Promise<void> =>
    visiting({ role }, `/console/devices/${id}`, run);

  it('are listed with what is silent or odd first, and say what one would ask', async () => {
    await visiting({ role: 'facility' }, '/console', async (page) => {
      const needs = page.getByRole('region', { name: 'Needs you' });
      const silent = needs.getByRole('listitem').filter({ hasText: 'Lab ventilation meter' });
      await silent.getByRole('link', { name: 'See the device' }).click();
      await page.getByRole('heading', { name: 'Lab ventilation meter' }).waitFor();
      await page.getByRole('link', { name: 'Devices', exact: true }).first().click();
      const odd = page.getByRole('region', { name: 'Worth a look' });
      const names = await odd.locator('.device-card strong:first-child').allTextContents();
      expect(names[0]).toBe('Lab 3-205 strike');
      expect(await odd.getByText('Dormitory gateway').count()).toBe(1);
      const air = page.getByRole('link', { name: /Lab 3-201 air/ });
      expect(await air.textContent()).toMatch(/22\.5\u202f°C.*887\u202fppm.*Answers/);
      await page.getByLabel('Find by name, door or model').fill('lockers');
      await page.waitForURL('**/console/devices?q=lockers');
      expect(await page.locator('.device-card').count()).toBe(1);
      expect(await page.locator('.device-card').textContent()).toContain('3 open · 1 fault');
    });
  });

  it('stand on the page of their door', async () => {
    await visiting({ role: 'guard' }, '/console/doors/library-east', async (page) => {
      const own = page.getByRole('region', { name: 'Devices of this door' });
      await own.getByRole('link', { name: /turnstile/ }).click();
      await page.waitForURL('**/console/devices/library-east-t1');
    });
  });

  it('refuse a bad argument before anything is sent, and are followed to the end', async () => {
    await atDevice('lockers-hall', 'guard', async (page) => {
      const asked: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST') asked.push(request.postData() ?? '');
      });
      const hold = async (): Promise<void> => {
        await page.getByRole('button', { name: /Hold 1 s/ }).hover();
        await page.mouse.down();
      };
      await page.getByRole('button', { name: 'Open a box' }).click();
      const box = page.getByLabel('Box', { exact: true });
      await box.fill('25');
      await hold();
      await page.getByText('Too big. 1 to 24').waitFor();
      await page.mouse.up();
      expect(asked).toEqual([]);
      await box.fill('7');
      await hold();
      await page.locator('.step-reached.step-of-confirmed').waitFor();
      await page.mouse.up();
      expect(asked).toEqual(['{"args":{"box":7},"reason":""}']);
    });
  });

  it('that never confirm are only said to have been sent to', async () => {
    await atDevice('library-west-in', 'facility', async (page) => {
      await page.getByRole('button', { name: /Show the answer/ }).click();
      await page.getByLabel('Text', { exact: true }).fill('Hello');
      await page.locator('.run-form .button.main').click();
      await page.getByText('have a look at it').waitFor();
      expect(await page.locator('.step').count()).toBe(3);
      expect(await page.getByText('Confirmed', { exact: true }).count()).toBe(0);
    });
  });

  it('take money as yuan and are sent fen', async () => {
    await atDevice('pos-cafe', 'facility', async (page) => {
      await page.getByRole('button', { name: 'Ask for an amount' }).click();
      await page.getByLabel('Amount').fill('12.5');
      await page.getByLabel('Note').fill('tea');
      const asked = page.waitForRequest('**/commands/ask');
      await page.locator('.run-form .button.main').click();
      expect((await asked).postDataJSON()).toEqual({
        args: { amount: 1250, note: 'tea' },
        reason: '',
      });
      expect(await page.getByText('Paid · Amount: ¥12.50', { exact: false }).count()).toBe(1);
    });
  });

  it('show their wire to those who may watch, and no secret', async () => {
    await atDevice('library-east-in', 'facility', async (page) => {
      await page.getByRole('switch', { name: 'Look at the wire' }).click();
      await page.getByText('hidden, 122 bytes').first().waitFor();
      await page.locator('.frame-fault').first().waitFor();
      await page.getByRole('button', { name: 'Hold to read' }).click();
      const shown = await page.locator('.frames tr').count();
      await page.getByRole('button', { name: /Go on \((?:[2-9]|\d{2,}) new\)/ }).waitFor();
      expect(await page.locator('.frames tr').count()).toBe(shown);
      await page.getByRole('switch', { name: 'Look at the wire' }).click();
      expect(await page.locator('.frames').count()).toBe(0);
    });
    await atDevice('library-east-in', 'guard', async (page) => {
      await page.getByRole('heading', { name: 'Facts' }).waitFor();
      expect(await page.getByRole('switch').count()).toBe(0);
      expect(await page.getByRole('heading', { name: 'Make it do' }).count()).toBe(0);
    });
  });

  it('have courses that are read by keys', async () => {
    await atDevice('air-3-203', 'facility', async (page) => {
      const chart = page.getByRole('slider', { name: /Course of Temperature/ });
      await chart.focus();
      await page.keyboard.press('ArrowLeft');
      const first = await chart.getAttribute('aria-valuetext');
      expect(first).toMatch(/^\d\d:\d\d · [\d.]+\u202f°C \(/);
      await page.keyboard.press('PageUp');
      expect(await chart.getAttribute('aria-valuetext')).not.toBe(first);
      const asked = page.waitForRequest('**/telemetry?*');
      await page.getByText('24 h', { exact: true }).click();
      const range = new URL((await asked).url()).searchParams;
      const [from, to] = ['from', 'to'].map((name) => Date.parse(range.get(name) ?? ''));
      expect((to ?? 0) - (from ?? 0)).toBe(86_400_000);
    });
  });

  it('that are old or silent say so', async () => {
    await atDevice('pos-canteen', 'guard', async (page) => {
      await page.getByText('Dormitory gateway is silent', { exact: false }).waitFor();
    });
    await atDevice('meter-lab', 'guard', async (page) => {
      await page.getByText('It has not answered since', { exact: false }).waitFor();
      await page.getByText('No readings in the last 1 h').waitFor();
    });
    await atDevice('no-such-device', 'guard', async (page) => {
      await page.getByRole('heading', { name: 'There is no such device' }).waitFor();
    });
  });
});

describe('profiles', () => {
  it('are tried with bytes, refused with reasons, and mended where the fault is', async () => {
    await visiting({ role: 'admin' }, '/console/devices/lockers-hall', async (page) => {
      await page.getByRole('link', { name: /^kerong-cu24@/ }).click();
      await page.getByLabel('What the device sent').fill('FF 0');
      await page.getByRole('button', { name: 'Decode' }).click();
      await page.getByText('Half a byte is missing', { exact: false }).waitFor();
      await page.getByLabel('What the device sent').fill('FF 00');
      await page.getByRole('button', { name: 'Decode' }).click();
      await page.getByText('The checksum is wrong', { exact: false }).waitFor();
      await page.getByRole('link', { name: '1.2.0', exact: true }).click();
      await page.getByText('37 of 38 examples hold').waitFor();
      await page.getByLabel('What changed and why').fill('a test');
      await page.getByRole('button', { name: 'Start the shadow' }).click();
      await page.getByText('An example does not hold').waitFor();
      await page.getByRole('link', { name: 'Write the next one' }).click();
      const area = page.getByRole('textbox', { name: 'The profile’s text (YAML)' });
      await area.fill('kind: DeviceProfile\nfamly: locker\n');
      await page.getByRole('button', { name: 'Save as draft' }).click();
      await page.getByRole('button', { name: /^2:1/ }).click();
      expect(await page.evaluate(() => String(getSelection()))).toBe('famly: locker');
    });
    await visiting({ role: 'guard' }, '/console/devices', async (page) => {
      await page.locator('.device-card').first().waitFor();
      expect(await page.getByRole('link', { name: 'Profiles' }).count()).toBe(0);
    });
  });
});

const screens: readonly (readonly [path: string, role: Role | undefined, ready: string])[] = [
  ['/', undefined, '.choice'],
  ['/m/', 'student', '.card'],
  ['/console', 'guard', '.now'],
  ['/console/doors', 'facility', '.door-group'],
  ['/console/doors/lab-main', 'guard', '.door-page'],
  ['/console/devices', 'facility', '.device-group'],
  ['/console/devices/lockers-hall', 'facility', '.cells'],
  ['/console/devices/meter-library', 'facility', '.time-chart canvas'],
  ['/console/devices/library-east-t1', 'guard', '.runs'],
  ['/console/profiles', 'facility', '.profile-row'],
  ['/console/profiles/kerong-cu24?version=1.2.0', 'admin', '.vector'],
  ['/console/profiles/new?of=kerong-cu24', 'admin', '.editor-text'],
  ['/console/gateways', 'facility', '.gateway'],
  ['/console/uses', 'admin', '.use-side'],
  ['/console/uses?state=closed', 'guard', '.doubt'],
  ['/console/events', 'admin', '.event'],
];

/** What is reached in a language is looked at in each of these; the first is how it is opened. */
type Shape = { readonly width: number; readonly scheme: 'light' | 'dark' };

const looks: readonly (readonly [Language, Shape, ...(readonly Shape[])])[] = [
  ['zh', { width: 360, scheme: 'light' }],
  ['en', { width: 768, scheme: 'dark' }, { width: 1440, scheme: 'light' }],
];

describe('every screen', () => {
  for (const [path, role, ready] of screens) {
    for (const [language, first, ...others] of looks) {
      it(`${path} can be used by everybody, ${language}`, async () => {
        const visit = {
          ...{ language, ...first },
          // A colour on its way to another is neither.
          reducedMotion: 'reduce',
          ...(role === undefined ? {} : { role }),
        } as const;
        await visiting(visit, path, async (page) => {
          await page.locator(ready).first().waitFor();
          for (const { width, scheme } of [first, ...others]) {
            await page.setViewportSize({ width, height: 900 });
            await page.emulateMedia({ colorScheme: scheme });
            expect(await graveFindings(page), `${width} px, ${scheme}`).toEqual([]);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            expect(wide).toBeLessThanOrEqual(width);
          }
        });
      });
    }
  }
});

describe('what travels', () => {
  it('is at most 120 KB of script for the card', async () => {
    await visiting({ role: 'student', width: 360 }, '/m/', async (page) => {
      await useHere(page);
      const names = await page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map(({ name }) => new URL(name).pathname)
          .filter((name) => name.endsWith('.js')),
      );
      const { gzipSync } = await import('node:zlib');
      const files = await Promise.all(
        [...new Set(names)].map((name) => readFile(join(pages.dist, name))),
      );
      const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
      expect(files.length).toBeGreaterThan(1);
      process.stdout.write(`script of /m: ${bytes} bytes gzip\n`);
      expect(bytes).toBeLessThanOrEqual(120 * 1024);
    });
  });
});
