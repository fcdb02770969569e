import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, type TestContext } from 'vitest';
import { type Browser, openBrowser, type View, watchConsole } from '../support/browser.ts';
import { missing } from '../support/need.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Two languages, two themes, a desk and a phone: each pair of them occurs. */
export const VIEWS: readonly View[] = [
  { language: 'en', theme: 'light', width: 1280 },
  { language: 'en', theme: 'dark', width: 375 },
  { language: 'fr', theme: 'light', width: 375 },
  { language: 'fr', theme: 'dark', width: 1280 },
];

export const wide: View = { language: 'en', theme: 'light', width: 1280 };

export interface Visit extends Browser {
  readonly page: Page;
  /** Nothing was written to the browser's console, and the page is nowhere wider than its window. */
  expectCalm(): Promise<void>;
}

export function buildConsole(): void {
  execFileSync(process.execPath, [join(root, 'tools/build-if-needed.ts')], { cwd: root });
}

/** Skips the test, with the reason, where there is no Chromium. */
export async function needChromium(context: TestContext): Promise<void> {
  const reason = await missing('chromium');
  if (reason) context.skip(reason);
}

export async function visit(url: string, view: View = wide): Promise<Visit> {
  const browser = await openBrowser(view);
  const page = browser.context.pages()[0] ?? (await browser.context.newPage());
  page.setDefaultTimeout(15_000);
  const faults = watchConsole(page);
  await page.goto(url);
  return {
    ...browser,
    page,
    expectCalm: async () => {
      expect(faults).toEqual([]);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(beyond, `${page.url()} is wider than its window`).toBeLessThanOrEqual(0);
    },
  };
}

/** Waits, as a patient person does, until what `read` gives is as expected. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll> {
  return expect.poll(read, { timeout: 20_000 });
}

/** The page has its heading and nothing on it is still on its way. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1, main article h2').first().waitFor();
  await expect
    .poll(() => page.locator('main [role="status"][aria-busy], main .breathing[style]').count())
    .toBe(0);
}
