import assert from 'node:assert/strict';
import { type Case, call, deliver, draft, found, mailboxOf, only } from '../harness.ts';

/** Transports write line ends and the end of a body their own way. */
const plain = (text: string | null): string | undefined => text?.replaceAll('\r\n', '\n').trimEnd();

export const contentCases: readonly Case[] = [
  {
    name: 'a message arrives once, with a receipt',
    run: async (harness) => {
      const message = draft({ text: 'Hello Ada' });
      const receipt = await call(harness, 'send', message);
      assert.ok(receipt.messageId.length > 0);
      const one = only(await found(harness, message.subject));
      assert.deepEqual(one.to, [mailboxOf('ada@example.com')]);
      assert.equal(plain(one.text), 'Hello Ada');
    },
  },
  {
    name: 'without a sender, the configured one; with one, that',
    run: async (harness) => {
      assert.deepEqual((await deliver(harness)).from, mailboxOf(harness.sender));
      const sender = 'Somebody else <somebody.else@example.com>';
      assert.deepEqual((await deliver(harness, { from: sender })).from, mailboxOf(sender));
    },
  },
  {
    name: 'To, Cc and Bcc each reach everybody named, and Bcc stays hidden',
    run: async (harness) => {
      const to = ['Ada <ada@example.com>', 'bob@example.com'];
      const one = await deliver(harness, { to, cc: ['Cy <cy@example.com>'], bcc: ['dan@example.com'] });
      assert.deepEqual(one.to, to.map(mailboxOf));
      assert.deepEqual(one.cc, [mailboxOf('Cy <cy@example.com>')]);
      assert.deepEqual(one.bcc, [mailboxOf('dan@example.com')]);
      assert.ok(!JSON.stringify(one.headers).includes('dan@example.com'), 'a header names the Bcc recipient');
    },
  },
  {
    name: 'a comma, quotes or letters of any language in a name make no second recipient',
    run: async (harness) => {
      const to = [
        '"Doe, Jane" <jane@example.com>',
        'Zoë Müller <zoe@example.com>',
        '"李; 雷" <li@example.com>',
      ];
      assert.deepEqual((await deliver(harness, { to })).to, to.map(mailboxOf));
    },
  },
  {
    name: 'answers go to replyTo',
    run: async (harness) => {
      const replyTo = ['Desk <desk@example.com>'];
      assert.deepEqual((await deliver(harness, { replyTo })).replyTo, replyTo.map(mailboxOf));
    },
  },
  {
    name: 'text, html or both arrive, and nothing that was not sent',
    run: async (harness) => {
      const html = '<p>Bonjour <b>Zoë</b> 🪨</p>';
      const [text, page, both] = [
        await deliver(harness, { text: 'Bonjour Zoë 🪨' }),
        await deliver(harness, { text: undefined, html }),
        await deliver(harness, { text: 'Bonjour Zoë 🪨', html }),
      ];
      assert.deepEqual([plain(text.text), text.html], ['Bonjour Zoë 🪨', null]);
      assert.deepEqual([page.text, plain(page.html)], [null, html]);
      assert.deepEqual([plain(both.text), plain(both.html)], ['Bonjour Zoë 🪨', html]);
    },
  },
  {
    name: 'long lines, long subjects and lines of one dot survive',
    run: async (harness) => {
      const text = `${'x'.repeat(5000)}\n.\n..\n.hidden\nFrom the start\nend`;
      const subject = `${draft().subject} ${'é longue ligne '.repeat(40)}fin`;
      assert.equal(plain((await deliver(harness, { text, subject })).text), text);
    },
  },
  {
    name: 'headers of the sender arrive',
    run: async (harness) => {
      const { headers } = await deliver(harness, {
        headers: { 'X-Order': '42', 'List-Id': 'orders.example.com' },
      });
      assert.equal(headers['x-order'], '42');
      assert.equal(headers['list-id'], 'orders.example.com');
    },
  },
  {
    name: 'attachments arrive byte for byte',
    run: async (harness) => {
      const contentBase64 = Buffer.from(Array.from({ length: 1024 }, (_, at) => at % 256)).toString('base64');
      const attachments = [
        { filename: 'facture n° 1.bin', contentType: 'application/octet-stream', contentBase64 },
        { filename: 'page.html', contentType: 'text/html', contentBase64: btoa('<p>hi</p>') },
      ];
      const one = await deliver(harness, { attachments });
      assert.deepEqual(
        one.attachments.map(({ filename, contentBase64 }) => ({ filename, contentBase64 })),
        attachments.map(({ filename, contentBase64 }) => ({ filename, contentBase64 })),
      );
      assert.match(one.attachments[1]?.contentType ?? '', /^text\/html\b/);
      assert.equal(one.html, null, 'an attached page became the message');
    },
  },
];
