import { randomUUID } from 'node:crypto';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { missing } from '../../../tests/support/need.ts';
import { type EmbeddedHarness, goodCard, startEmbeddedHarness } from './testing.ts';

let now = new Date();
let harness: EmbeddedHarness;
beforeAll(async () => {
  harness = await startEmbeddedHarness({ clock: { now: () => now } });
});
afterAll(() => harness.close());

const call = () => ({ signal: AbortSignal.timeout(30_000), idempotencyKey: randomUUID() });
const urls = {
  successUrl: 'https://shop.example/thanks?session={CHECKOUT_SESSION_ID}',
  cancelUrl: 'https://shop.example/',
};

async function aCheckout(options: { name?: string; customerEmail?: string; interval?: 'month' } = {}) {
  const { name = 'Tea & <b>cake</b>', customerEmail = 'ada@example.com', interval } = options;
  const { productId } = await harness.adapter.createProduct({ name }, call());
  const price = { productId, amountMinor: 1250, currency: 'EUR', ...(interval ? { interval } : {}) };
  const { priceId } = await harness.adapter.createPrice(price, call());
  const mode = interval ? 'subscription' : 'payment';
  const email = customerEmail === '' ? {} : { customerEmail };
  const made = await harness.adapter.createCheckout(
    { mode, items: [{ priceId, quantity: 2 }], ...email, ...urls },
    call(),
  );
  return { checkoutId: made.checkoutId, url: made.url ?? '' };
}
const checkout = (checkoutId: string) => harness.adapter.getCheckout({ checkoutId }, call());

test('a page loads nothing, runs nothing and is framed by nobody', async () => {
  const { url } = await aCheckout();
  const response = await fetch(url);
  const body = await response.text();
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/shop\.example;/,
  );
  expect(policy).toContain("frame-ancestors 'none'");
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(body).not.toMatch(/<script|<link|<img|\son\w+=|style="/);
  expect(body).toContain('Tea &#38; &#60;b&#62;cake&#60;/b&#62;');
  expect(body).toContain('€25.00');
});

test('the language is the browser’s, or the one chosen, and stays', async () => {
  const { url } = await aCheckout();
  const page = async (address: string, accept: string) =>
    (await fetch(address, { headers: { 'accept-language': accept } })).text();
  expect(await page(url, 'de, fr-FR;q=0.8, en;q=0.5')).toContain('<html lang="fr">');
  expect(await page(url, 'de')).toContain('<html lang="en">');
  expect(await page(`${url}?lang=fr`, 'en')).toContain('Payer 25,00');
  const answer = await harness.submit(`${url}?lang=fr`, { ...goodCard, number: '4000 0025 0000 3155' });
  expect(answer.headers.get('location')).toMatch(/\?lang=fr$/);
});

test('a good card completes it once and leads to the success URL; a second try finds it done', async () => {
  const { url, checkoutId } = await aCheckout();
  const answers = await Promise.all([harness.submit(url, goodCard), harness.submit(url, goodCard)]);
  expect(answers.map((one) => one.status).toSorted()).toEqual([200, 303]);
  const led = answers.find((one) => one.status === 303)?.headers.get('location');
  expect(led).toBe(`https://shop.example/thanks?session=${checkoutId}`);
  const { paymentId } = await checkout(checkoutId);
  const payment = await harness.adapter.getPayment({ paymentId: paymentId ?? '' }, call());
  expect([payment.state, payment.amountMinor]).toEqual(['succeeded', 2500]);
  expect(await (await fetch(url)).text()).toContain('Continue to shop.example');
});

test.each([
  ['4000 0000 0000 0002', 'declined'],
  ['4000 0000 0000 9995', 'not enough money'],
  ['4000 0000 0000 0127', 'security code is wrong'],
])('card %s is refused by the bank and the next one is one more try', async (number, said) => {
  const { url, checkoutId } = await aCheckout();
  const refused = await harness.submit(url, { ...goodCard, number });
  expect(refused.status).toBe(402);
  expect(await refused.text()).toContain(said);
  expect((await checkout(checkoutId)).state).toBe('open');
  const before = await harness.count('payment');
  expect((await harness.submit(url, goodCard)).status).toBe(303);
  expect(await harness.count('payment')).toBe(before);
});

test('every mistake is said at its field, tied to it, and what was typed is not shown again', async () => {
  const { url } = await aCheckout({ customerEmail: '' });
  const fields = {
    action: 'pay',
    number: '4242 4242 4242 4241',
    expiry: '13 / 40',
    cvc: '12',
    email: 'nobody',
  };
  const answer = await harness.submit(url, fields);
  const body = await answer.text();
  expect(answer.status).toBe(422);
  for (const name of ['email', 'number', 'expiry', 'cvc']) {
    expect(body).toMatch(new RegExp(`id="${name}"[^>]*aria-describedby="${name}-error" aria-invalid="true"`));
    expect(body).toContain(`id="${name}-error"`);
  }
  expect(body).not.toContain('4242 4242 4242 4241');
  expect(body.match(/autofocus/g)).toHaveLength(1);
  const past = await harness.submit(url, { ...goodCard, expiry: '01/20', email: 'ada@example.com' });
  expect(await past.text()).toContain('This card has expired.');
  const real = await harness.submit(url, {
    ...goodCard,
    number: '4111111111111111',
    email: 'ada@example.com',
  });
  expect(await real.text()).toContain('Only test cards work here');
});

test('a card that asks for confirmation is charged only once its holder agrees', async () => {
  const { url, checkoutId } = await aCheckout({ interval: 'month' });
  const card = { ...goodCard, number: '4000 0025 0000 3155' };
  expect((await harness.submit(url, card)).status).toBe(303);
  expect(await (await fetch(url)).text()).toContain('Visa •••• 3155');
  const refused = await harness.submit(url, { action: 'refuse' });
  expect(await refused.text()).toContain('nothing was charged');
  expect((await checkout(checkoutId)).state).toBe('open');
  await harness.submit(url, card);
  expect((await harness.submit(url, { action: 'approve' })).status).toBe(303);
  expect((await checkout(checkoutId)).state).toBe('complete');
});

test('a form from another site is refused', async () => {
  const { url, checkoutId } = await aCheckout();
  const send = (headers: Record<string, string>) =>
    fetch(url, { method: 'POST', headers, body: new URLSearchParams(goodCard), redirect: 'manual' });
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    {},
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    expect((await send(headers as Record<string, string>)).status).toBe(403);
  }
  expect((await checkout(checkoutId)).state).toBe('open');
});

test('wrong addresses and methods are answered, expired checkouts say so', async () => {
  for (const path of ['checkout/nope', 'nope/x', 'checkout/', 'portal/x', 'invoice/x', 'checkout/x/card']) {
    expect((await fetch(`${harness.baseUrl}/embedded/pay/${path}`)).status, path).toBe(404);
  }
  const { url, checkoutId } = await aCheckout();
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
  const before = now;
  now = new Date(now.getTime() + 25 * 3_600_000);
  expect((await fetch(url)).status).toBe(410);
  expect((await harness.submit(url, goodCard)).status).toBe(410);
  expect((await checkout(checkoutId)).state).toBe('expired');
  now = before;
});

test('the billing page cancels, keeps and changes the card, for its own customer only', async () => {
  const { url, checkoutId } = await aCheckout({ interval: 'month' });
  await harness.submit(url, goodCard);
  const { customerId, subscriptionId } = await checkout(checkoutId);
  const subscription = subscriptionId ?? '';
  const state = () => harness.adapter.getSubscription({ subscriptionId: subscription }, call());
  const open = (id: string) =>
    harness.adapter.createPortal({ customerId: id, returnUrl: 'https://shop.example/' }, call());
  const other = await harness.adapter.createCustomer({ email: 'eve@example.com' }, call());
  const theirs = await open(other.customerId);
  expect((await harness.submit(theirs.url, { action: 'cancel', subscription })).status).toBe(404);
  expect((await state()).cancelAtPeriodEnd).toBe(false);
  const mine = await open(customerId ?? '');
  await harness.submit(mine.url, { action: 'cancel', subscription });
  expect((await state()).cancelAtPeriodEnd).toBe(true);
  expect(await (await fetch(mine.url)).text()).toContain('Ends on');
  await harness.submit(mine.url, { action: 'resume', subscription });
  expect((await state()).cancelAtPeriodEnd).toBe(false);
  const saved = await harness.submit(`${mine.url}/card`, { ...goodCard, number: '5555 5555 5555 4444' });
  expect(saved.headers.get('location')).toBe(mine.url);
  expect(await (await fetch(mine.url)).text()).toContain('Mastercard •••• 4444');
  expect((await harness.submit(`${mine.url}/card`, { ...goodCard, number: '4000000000000002' })).status).toBe(
    402,
  );
});

test.for([
  { language: 'en', scheme: 'light', width: 1280 },
  { language: 'fr', scheme: 'dark', width: 375 },
] as const)(
  'a person pays in Chromium ($language, $scheme, $width px)',
  async ({ language, scheme, width }, context) => {
    const reason = await missing('chromium');
    if (reason) context.skip(reason);
    const { url, checkoutId } = await aCheckout({ customerEmail: '' });
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    try {
      const visitor = await browser.newContext({
        locale: language,
        colorScheme: scheme,
        viewport: { width, height: 800 },
      });
      const page = await visitor.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      await page.route('https://shop.example/**', (route) => route.fulfill({ body: 'Thanks' }));
      await page.goto(url);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.getByLabel('E-mail').fill('ada@example.com');
      await page
        .getByLabel(language === 'fr' ? 'Numéro de carte' : 'Card number')
        .fill('4000 0025 0000 3155');
      await page.getByLabel(language === 'fr' ? 'Date d’expiration' : 'Expiry date').fill('12/40');
      await page.getByLabel(language === 'fr' ? 'Code de sécurité' : 'Security code').fill('123');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: language === 'fr' ? 'Oui, confirmer' : 'Yes, confirm' }).click();
      await page.waitForURL(/^https:\/\/shop\.example\/thanks/);
      expect(complaints).toEqual([]);
      expect((await checkout(checkoutId)).state).toBe('complete');
    } finally {
      await browser.close();
    }
  },
);
