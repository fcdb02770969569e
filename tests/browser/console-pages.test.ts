import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Mock, startMock } from '../../apps/console/dev/mock.ts';
import { axeFaults } from '../support/browser.ts';
import { buildConsole, needChromium, settled, VIEWS, visit } from './visit.ts';

const PAGES = [
  '/',
  '/quotas',
  '/quotas?near=true',
  '/deliveries',
  '/deliveries/d5',
  '/deliveries?search=nothing-like-it',
  '/events',
  '/events/e2',
  '/flows',
  '/flows/payment-receipt',
  '/runs',
  '/runs/r3',
  '/runs/r5',
  '/mailbox',
  '/mailbox/m0',
  '/settings',
  '/settings/stripe',
  '/settings/resend',
  '/nowhere',
  '/flows/nowhere',
];
const EMPTY = ['/', '/quotas', '/deliveries', '/events', '/flows/payment-receipt', '/runs', '/mailbox'];

let full: Mock;
let empty: Mock;

beforeAll(async () => {
  buildConsole();
  [full, empty] = await Promise.all([startMock(), startMock({ empty: true })]);
});
afterAll(async () => {
  await Promise.all([full?.close(), empty?.close()]);
});

describe.each(VIEWS)('$language, $theme, $width px', (view) => {
  test('every page, full and empty: reachable by everybody, calm, within its window', {
    timeout: 180_000,
  }, async (context) => {
    await needChromium(context);
    const browser = await visit(`${full.url}/console`, view);
    const { page } = browser;
    try {
      for (const [server, paths] of [
        [full, PAGES],
        [empty, EMPTY],
      ] as const) {
        for (const path of paths) {
          await page.goto(`${server.url}/console${path}`);
          await settled(page);
          expect(await page.getAttribute('html', 'lang')).toBe(view.language);
          expect(await axeFaults(page), path).toEqual([]);
          await browser.expectCalm();
        }
      }
    } finally {
      await browser.close();
    }
  });
});
