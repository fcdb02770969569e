import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFaults } from '../support/browser.ts';
import { type Served, startSocle } from './server.ts';
import { buildConsole, eventually, needChromium, settled, VIEWS, visit } from './visit.ts';

let socle: Served;

beforeAll(async () => {
  buildConsole();
  socle = await startSocle();
}, 120_000);
afterAll(async () => {
  await socle?.close();
});

test('one payment travels: checkout, delivery, event, run, receipt, each shown as it happens', {
  timeout: 180_000,
}, async (context) => {
  await needChromium(context);
  const console = await visit(`${socle.url}/console/deliveries`);
  const { page } = console;
  try {
    await page.getByRole('heading', { name: 'No delivery yet' }).waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: /^Live$/ })
      .waitFor();

    const shop = await console.context.newPage();
    await shop.goto(await checkout());
    await shop.getByLabel('Card number').fill('4242 4242 4242 4242');
    await shop.getByLabel('Expiry date').fill('12/40');
    await shop.getByLabel('Security code').fill('123');
    await shop.getByRole('button', { name: /Pay/ }).click();
    await shop.waitForURL(/paid=yes/);
    await shop.close();

    // the first page was never reloaded
    await page.getByRole('link', { name: 'payment.succeeded' }).click();
    await page
      .getByRole('article')
      .getByRole('cell', { name: 'payment.succeeded' })
      .getByRole('link')
      .click();
    await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
    await page.getByRole('article').getByRole('link', { name: 'payment-receipt' }).click();
    await page.getByRole('heading', { level: 2, name: 'payment-receipt' }).waitFor();
    await page.getByRole('heading', { level: 3, name: 'Send the receipt' }).waitFor();
    await eventually(() => page.getByRole('article').getByText('succeeded', { exact: true }).count()).toBe(5);

    await page.getByRole('link', { name: 'Mailbox' }).first().click();
    await page.getByRole('link', { name: 'Your receipt for €19.00' }).click();
    await page.frameLocator('iframe').getByText('We have received your payment of €19.00').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('The mailbox is empty').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: 'Your receipt for €19.00' }).waitFor();
    await console.expectCalm();
  } finally {
    await console.close();
  }
});

test('a key put into the settings is in force at once, and never comes back out', {
  timeout: 120_000,
}, async (context) => {
  await needChromium(context);
  const canary = 're_canary_7f3a9c';
  const console = await visit(`${socle.url}/console/settings/resend`);
  const { page } = console;
  try {
    await page.getByRole('textbox', { name: /API key/ }).fill(canary);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'Sender is not set.' }).waitFor();
    await page.getByRole('textbox', { name: /Sender/ }).fill('Atelier <hello@atelier.example>');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Resend: saved and in force.').first().waitFor();
    await page.reload();
    await settled(page);
    expect(await page.content()).not.toContain(canary);
    const answer = await fetch(`${socle.url}/api/v1/console/settings`);
    expect(await answer.text()).not.toContain(canary);
    await page.getByRole('link', { name: 'Quotas' }).first().click();
    await page.getByRole('heading', { level: 2, name: 'Resend' }).waitFor();
  } finally {
    await console.close();
  }
});

test.for(VIEWS)(
  'every page of the real server: $language, $theme, $width px',
  {
    timeout: 180_000,
  },
  async (view, context) => {
    await needChromium(context);
    const browser = await visit(`${socle.url}/console`, view);
    const { page } = browser;
    try {
      for (const path of [
        '/',
        '/quotas',
        '/deliveries',
        '/deliveries/1',
        '/events',
        '/flows/payment-receipt',
        '/runs/1',
        '/mailbox',
        '/settings/stripe',
        '/settings/s3',
      ]) {
        await page.goto(`${socle.url}/console${path}`);
        await settled(page);
        expect(await axeFaults(page), path).toEqual([]);
        await browser.expectCalm();
      }
    } finally {
      await browser.close();
    }
  },
);

async function checkout(): Promise<string> {
  const { productId = '' } = await socle.call('payments', 'createProduct', { name: 'Pro plan' });
  const { priceId = '' } = await socle.call('payments', 'createPrice', {
    productId,
    amountMinor: 1900,
    currency: 'EUR',
  });
  const { url = '' } = await socle.call('payments', 'createCheckout', {
    mode: 'payment',
    items: [{ priceId }],
    customerEmail: 'ada@example.com',
    successUrl: `${socle.url}/console?paid=yes`,
    cancelUrl: `${socle.url}/console`,
  });
  return url;
}
