import type { ChoiceView, Language, Role } from '@gatehouse/protocols';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

// Takes the pictures of docs/screens.md from a running demo campus:
// `npm run screens -- [url] [path of chromium]`.
const [url = 'http://localhost:8080', executablePath = '/usr/bin/chromium'] = process.argv.slice(2);

const folder = join(import.meta.dirname, '..', 'docs', 'screens');
const pictureBytesMax = 150 * 1024;

type Look = {
  readonly language: Language;
  readonly width: 360 | 768 | 1440;
  readonly scheme: 'light' | 'dark';
};

type Screen = {
  readonly name: string;
  readonly role: Role;
  readonly path: string;
  readonly looks: readonly Look[];
  /** Brings the page to what the picture shows. */
  readonly prepare: (page: Page) => Promise<void>;
};

const linesOfFeed = async (page: Page): Promise<void> => {
  await page.locator('.live-live').waitFor();
  await page.locator('.feed .event').nth(5).waitFor();
};

const unlockTheDoor = async (page: Page): Promise<void> => {
  await page.locator('.hold-button').hover();
  await page.mouse.down();
  await page.locator('.step-reached.step-of-confirmed').waitFor();
  await page.mouse.up();
  // The state of the door comes by another message than the command's.
  await page.locator('.door-head-granted').waitFor();
  await page.mouse.move(0, 0);
};

/** Each picture is a new browser, so the card has to be moved to it. */
const showThePass = async (page: Page): Promise<void> => {
  const code = page.locator('.qr canvas');
  const enable = page.locator('.stopped .button.main');
  await code.or(enable).first().waitFor();
  if (await enable.isVisible()) await enable.click();
  await code.waitFor();
  await page.locator('.card-photo img').waitFor();
};

const screens: readonly Screen[] = [
  {
    name: 'now',
    role: 'guard',
    path: '/console/',
    looks: [
      { language: 'zh', width: 1440, scheme: 'light' },
      { language: 'en', width: 768, scheme: 'dark' },
    ],
    prepare: linesOfFeed,
  },
  {
    name: 'doors',
    role: 'facility',
    path: '/console/doors',
    looks: [
      { language: 'zh', width: 768, scheme: 'light' },
      { language: 'en', width: 1440, scheme: 'dark' },
    ],
    prepare: (page) => page.locator('.door-group').first().waitFor(),
  },
  {
    name: 'door',
    role: 'guard',
    path: '/console/doors/library-study-1',
    looks: [{ language: 'zh', width: 360, scheme: 'dark' }],
    prepare: unlockTheDoor,
  },
  {
    // Another door: on the same one the first pulse may still run.
    name: 'door',
    role: 'guard',
    path: '/console/doors/library-study-2',
    looks: [{ language: 'en', width: 1440, scheme: 'light' }],
    prepare: unlockTheDoor,
  },
  {
    name: 'gateways',
    role: 'facility',
    path: '/console/gateways',
    looks: [
      { language: 'zh', width: 1440, scheme: 'dark' },
      { language: 'en', width: 360, scheme: 'light' },
    ],
    prepare: (page) => page.locator('.gateway').first().waitFor(),
  },
  {
    name: 'desk',
    role: 'clerk',
    path: '/console/desk',
    looks: [{ language: 'zh', width: 1440, scheme: 'light' }],
    prepare: (page) => page.locator('.queue-item').first().waitFor(),
  },
  {
    name: 'face',
    role: 'admin',
    path: '/console/settings/card-face',
    looks: [{ language: 'en', width: 1440, scheme: 'light' }],
    prepare: (page) => page.locator('.qr canvas').waitFor(),
  },
  {
    name: 'numbers',
    role: 'admin',
    path: '/console/numbers',
    looks: [{ language: 'zh', width: 1440, scheme: 'dark' }],
    prepare: (page) => page.locator('.heat').first().waitFor(),
  },
  {
    name: 'pass',
    role: 'student',
    path: '/m/',
    looks: [
      { language: 'zh', width: 360, scheme: 'light' },
      { language: 'en', width: 360, scheme: 'dark' },
    ],
    prepare: showThePass,
  },
];

/** @returns the name and size of the picture */
const takePicture = async (
  browser: Browser,
  person: string,
  screen: Screen,
  look: Look,
): Promise<{ readonly name: string; readonly bytes: number }> => {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.width === 360 ? 760 : 900 },
    deviceScaleFactor: look.width === 360 ? 2 : 1,
    locale: look.language === 'zh' ? 'zh-CN' : 'en-GB',
    colorScheme: look.scheme,
  });
  const signIn = await context.request.post(`${url}/api/session`, {
    data: { person, role: screen.role },
    headers: { origin: url },
  });
  if (!signIn.ok()) throw new Error(`sign-in of a ${screen.role}: ${signIn.status()}`);
  const page = await context.newPage();
  await page.goto(url + screen.path);
  await screen.prepare(page);
  const name = `${screen.name}-${look.language}-${look.width}-${look.scheme}.png`;
  const path = join(folder, name);
  await page.screenshot({ path });
  await context.close();
  return { name, bytes: (await stat(path)).size };
};

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
// The demo's own contract.
const choices = (await (await fetch(`${url}/api/demo/choices`)).json()) as readonly ChoiceView[];
for (const screen of screens) {
  const person = choices.find(({ role }) => role === screen.role)?.person.id ?? '';
  for (const look of screen.looks) {
    const { name, bytes } = await takePicture(browser, person, screen, look);
    const isHeavy = bytes > pictureBytesMax;
    if (isHeavy) process.exitCode = 1;
    process.stdout.write(
      `${isHeavy ? 'TOO LARGE' : 'ok'}  ${name}  ${Math.round(bytes / 1024)} KB\n`,
    );
  }
}
await browser.close();
