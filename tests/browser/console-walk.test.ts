import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Mock, startMock } from '../../apps/console/dev/mock.ts';
import { axeFaults } from '../support/browser.ts';
import { buildConsole, eventually, needChromium, type Visit, visit, wide } from './visit.ts';

let mock: Mock;
let walk: Visit;

beforeAll(buildConsole);
beforeEach(async (context) => {
  await needChromium(context);
  mock = await startMock();
  walk = await visit(`${mock.url}/console`);
});
afterEach(async () => {
  await walk?.close();
  await mock?.close();
});

const go = (path: string) => walk.page.goto(`${mock.url}/console${path}`);

test('by keyboard alone: skip link, navigation, a row, and back', async () => {
  const { page } = walk;
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.keyboard.press('Tab');
  await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
  await page.keyboard.press('Enter');
  await eventually(() => page.evaluate(() => document.activeElement?.id)).toBe('content');

  await page.getByRole('link', { name: 'Deliveries' }).first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Deliveries' }).waitFor();
  await eventually(() => page.evaluate(() => document.activeElement?.id)).toBe('content');

  await page.getByRole('link', { name: 'payment_intent.succeeded' }).first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 2, name: 'payment_intent.succeeded' }).waitFor();
  await page.goBack();
  await eventually(() => page.getByRole('article').count()).toBe(0);
  await walk.expectCalm();
});

test('search, filters and length of a list live in the URL', async () => {
  const { page } = walk;
  await go('/deliveries');
  await page.getByRole('row').nth(25).waitFor();
  await page.getByRole('button', { name: 'Load more' }).click();
  await eventually(() => page.getByRole('row').count()).toBe(51);
  await page.getByLabel('State').selectOption('failed');
  await page.getByRole('searchbox').fill('checkout');
  await eventually(() => new URL(page.url()).search).toBe('?state=failed&search=checkout');
  await eventually(() => page.getByRole('cell', { name: 'failed' }).count()).toBeGreaterThan(0);
  expect(await page.getByRole('cell', { name: 'processed' }).count()).toBe(0);

  await go('/deliveries?pages=3');
  await eventually(() => page.getByRole('row').count()).toBe(76);
  await page.getByRole('searchbox').fill('nothing like it');
  await page.getByText('Nothing matches these filters').waitFor();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await eventually(() => page.getByRole('row').count()).toBe(26);
  await walk.expectCalm();
});

test('replaying a delivery says what it means, then does it', async () => {
  const { page } = walk;
  await go('/deliveries/d4');
  await page.getByRole('tab', { name: 'Headers' }).click();
  await page.getByText('stripe-signature').waitFor();
  await page.getByRole('button', { name: 'Replay' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('as if the platform had sent them once more').waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await eventually(() => dialog.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Replay' }).click();
  const sent = page.waitForRequest((request) => request.url().endsWith('/deliveries/d4/replay'));
  await dialog.getByRole('button', { name: 'Replay' }).click();
  expect((await sent).method()).toBe('POST');
  await page.getByText('The delivery is being processed again.', { exact: true }).first().waitFor();
  await walk.expectCalm();
});

test('a parked step takes the word of a person', async () => {
  const { page } = walk;
  await go('/runs?state=parked');
  await page.getByRole('link', { name: 'payment-receipt' }).first().click();
  await page.getByRole('heading', { name: 'Did this step take effect?' }).waitFor();
  const said = page.waitForRequest((request) => request.url().endsWith('/resolve'));
  await page.getByRole('button', { name: 'It did not happen' }).click();
  expect((await said).postDataJSON()).toEqual({ stepId: 'send-receipt', outcome: 'did_not_happen' });
  await page.getByText('Noted. The run goes on.').first().waitFor();
  await walk.expectCalm();
});

test('a deleted mail comes back', async () => {
  const { page } = walk;
  await go('/mailbox/m0');
  const frame = page.frameLocator('iframe');
  await frame.getByRole('heading', { name: 'Atelier Nord' }).waitFor();
  expect(await page.locator('iframe').getAttribute('sandbox')).toBe('');
  await page.getByRole('button', { name: 'Delete' }).click();
  await eventually(() => page.getByText('Receipt for your payment of €42.00').count()).toBe(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: 'Receipt for your payment of €42.00' }).waitFor();
  await walk.expectCalm();
});

test('settings: secrets stay inside, faults stand at their field, saving is in force at once', async () => {
  const { page } = walk;
  await go('/settings/resend');
  const key = page.getByRole('textbox', { name: 'API key required' });
  expect(await key.inputValue()).toBe('');
  expect(await key.getAttribute('type')).toBe('password');
  await key.fill('wrong');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').filter({ hasText: 'must start with re_' }).waitFor();
  expect(await key.getAttribute('aria-invalid')).toBe('true');
  await key.fill('re_right');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Resend: saved and in force.').first().waitFor();
  expect(await key.inputValue()).toBe('');
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText(/The platform answered in 143.ms/).waitFor();

  await go('/settings/stripe');
  const fixed = page.getByRole('textbox', { name: 'Base URL' });
  expect(await fixed.getAttribute('readonly')).not.toBeNull();
  await page.getByText('STRIPE_BASE_URL is set in the server’s environment').waitFor();
  await page.getByRole('button', { name: 'Copy the webhook address' }).click();
  await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toBe(
    'https://socle.example.com/webhook/stripe',
  );
});

test('what happens shows without a reload, and a lost line is told and mended', async () => {
  const { page } = walk;
  await page
    .getByRole('status')
    .filter({ hasText: /^Live$/ })
    .waitFor();
  const again = page.waitForRequest((request) => request.url().endsWith('/overview'));
  mock.tell('runs');
  await again;

  const { port } = new URL(mock.url);
  await mock.close();
  await page.getByRole('status').filter({ hasText: 'Reconnecting' }).waitFor();
  const refetched = page.waitForRequest((request) => request.url().endsWith('/overview'));
  mock = await startMock({ port: Number(port) });
  await page
    .getByRole('status')
    .filter({ hasText: /^Live$/ })
    .waitFor();
  await refetched;
});

test('evidence on demand, and the map in words', async () => {
  const { page } = walk;
  await page.getByRole('button', { name: /What was seen working: E-mail/ }).click();
  await page.getByRole('dialog').getByText('The connection was tested').waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByLabel('Receipt for a payment, flow').focus();
  await page.getByRole('tab', { name: 'As a list' }).click();
  await page
    .getByRole('table', { name: 'What feeds what' })
    .getByRole('cell', { name: 'email.send' })
    .first()
    .waitFor();
  await walk.expectCalm();
});

test('language and theme are kept, and the document says its language', async () => {
  const { page } = walk;
  await page.getByRole('button', { name: 'FR, français' }).click();
  await page.getByRole('heading', { level: 1, name: 'Vue d’ensemble' }).waitFor();
  await page.getByRole('button', { name: 'Sombre' }).click();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Vue d’ensemble' }).waitFor();
  expect(await page.getAttribute('html', 'lang')).toBe('fr');
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
  expect(await page.title()).toBe('Vue d’ensemble · Socle');
  await walk.expectCalm();
});

test('on a phone the menu is a sheet that closes behind the reader', async () => {
  await walk.close();
  walk = await visit(`${mock.url}/console`, { ...wide, width: 375 });
  const { page } = walk;
  await page.getByRole('button', { name: 'Menu' }).click();
  expect(await axeFaults(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('link', { name: 'Quotas' }).click();
  await page.getByRole('heading', { level: 1, name: 'Quotas' }).waitFor();
  await eventually(() => page.getByRole('dialog').count()).toBe(0);
  await page.getByLabel('Near the wall only').check();
  await eventually(() => page.getByRole('meter').count()).toBe(2);
  await walk.expectCalm();
});
