import { AxeBuilder } from '@axe-core/playwright';
import type { ChoiceView } from '@gatehouse/protocols';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, inject } from 'vitest';
import { startDemo } from './demo.testing.ts';
import type { RunningDemo } from './demo.testing.ts';

// People before the screens of a demo campus: real programs, a real browser.

const browserArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
];
const startsWithinMs = 180_000;
const stepTimeoutMs = 60_000;

export type Look = { readonly language?: 'zh' | 'en'; readonly width?: number };

export type DemoBrowser = {
  readonly demo: () => RunningDemo;
  /** Nobody is signed in. */
  readonly open: (look: Look) => Promise<BrowserContext>;
  /** Signed in as the person of this English name. */
  readonly pageOf: (person: string, path: string, look?: Look) => Promise<Page>;
};

/** Starts a campus and a browser before the tests of a file, and ends them after. */
export const useDemoBrowser = (args: readonly string[]): DemoBrowser => {
  let started: { readonly demo: RunningDemo; readonly close: () => Promise<void> } | undefined;
  let open: DemoBrowser['open'] = () => Promise.reject(new Error('no browser yet'));
  beforeAll(async () => {
    const demo = await startDemo({ args });
    const executablePath = inject('programs')['chromium-headless-shell'] ?? 'chromium';
    const browser = await chromium.launch({ executablePath, args: browserArgs });
    open = async ({ language = 'en', width = 1440 }) => {
      const context = await browser.newContext({
        locale: language === 'zh' ? 'zh-CN' : 'en-GB',
        viewport: { width, height: 900 },
      });
      context.setDefaultTimeout(stepTimeoutMs);
      return context;
    };
    started = { demo, close: () => browser.close() };
  }, startsWithinMs);
  afterAll(async () => {
    await started?.close();
    await started?.demo.kill('SIGTERM');
    await started?.demo.remove();
  }, startsWithinMs);
  const demo = (): RunningDemo => {
    if (started === undefined) throw new Error('the demo has not started');
    return started.demo;
  };
  return {
    demo,
    open: (look) => open(look),
    pageOf: async (person, path, look = {}) => {
      const { url } = demo();
      const context = await open(look);
      const answer = await context.request.get(`${url}/api/demo/choices`);
      // The contract's view of it.
      const choices = (await answer.json()) as readonly ChoiceView[];
      const choice = choices.find((one) => one.person.name.en === person);
      if (choice === undefined) throw new Error(`nobody is called ${person}`);
      await context.request.post(`${url}/api/session`, {
        data: { person: choice.person.id, role: choice.role },
        headers: { origin: url },
      });
      const page = await context.newPage();
      await page.goto(url + path);
      return page;
    },
  };
};

/** What axe finds serious or critical; colours included. */
export const graveFindings = async (page: Page): Promise<readonly string[]> =>
  (await new AxeBuilder({ page }).analyze()).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
