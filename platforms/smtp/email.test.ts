import type { AddressInfo } from 'node:net';
import { isSocleError, SocleError } from '@socle/kernel';
import type { Message } from '@socle/port-email';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checks } from './audit.ts';
import { create } from './email.ts';
import { SmtpFailure, toError } from './errors.ts';
import { type SmtpFake, startFake } from './fake.ts';
import { smtp } from './platform.ts';
import { settingsOf, testHost } from './testing.ts';

let fake: SmtpFake;
beforeEach(async () => {
  fake = await startFake();
});
afterEach(() => fake.close());

const message: Message = { to: ['ada@example.com'], subject: 'x', text: 'y' };
const call = (idempotencyKey: string = crypto.randomUUID()) => ({
  signal: AbortSignal.timeout(20_000),
  idempotencyKey,
});

function adapter(change: Record<string, string> = {}) {
  return create(settingsOf({ ...fake.env, ...change }), testHost());
}

async function refusal(work: Promise<unknown>): Promise<SocleError> {
  return work.then(
    () => expect.unreachable('it was sent'),
    (thrown) => toError(thrown),
  );
}

describe('what the server refuses', () => {
  test('nobody of the recipients: declined, not sent', async () => {
    const error = await refusal(adapter().send({ ...message, to: ['a@x.invalid', 'b@x.invalid'] }, call()));
    expect([error.code, error.details.applied, error.details.vendor]).toEqual([
      'declined',
      'no',
      { status: 550, code: '5.1.1' },
    ]);
    expect(fake.mails).toEqual([]);
  });

  test('some of them: in doubt, because a repetition would reach the others twice', async () => {
    const error = await refusal(
      adapter().send({ ...message, to: ['a@x.invalid', 'ada@example.com'] }, call()),
    );
    expect([error.code, error.details.applied]).toEqual(['declined', 'unknown']);
    expect(error.message).toContain('1 of 2');
    expect(fake.mails.map((one) => one.to)).toEqual([['ada@example.com']]);
  });

  test('our password: the operator’s fault, and the password stays ours', async () => {
    const url = fake.env.SMTP_URL?.replace(/:[^:@]+@/, ':wrong-canary-0815@') ?? '';
    const error = await refusal(adapter({ SMTP_URL: url }).send(message, call()));
    expect([error.code, error.details.applied]).toEqual(['misconfigured', 'no']);
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('canary');
    expect(fake.mails).toEqual([]);
  });

  test('a message that is too large: the caller’s fault', async () => {
    const error = await refusal(adapter().send({ ...message, text: 'x'.repeat(6_000_000) }, call()));
    expect([error.code, error.details.applied]).toEqual(['invalid_argument', 'no']);
  });

  test('for now: unavailable, without effect', async () => {
    fake.control.next('error-451');
    const error = await refusal(adapter().send(message, call()));
    expect([error.code, error.details.applied]).toEqual(['unavailable', 'no']);
  });
});

test.each([
  [421, '4.3.2', 'ECONNECTION', 'unavailable'],
  [421, '4.7.0', 'ECONNECTION', 'rate_limited'],
  [450, '4.2.1', 'EENVELOPE', 'unavailable'],
  [454, '4.7.0', 'EAUTH', 'rate_limited'],
  [503, '5.5.1', 'EPROTOCOL', 'vendor_contract'],
  [530, '5.7.0', 'EENVELOPE', 'misconfigured'],
  [535, '5.7.8', 'EAUTH', 'misconfigured'],
  [550, '5.1.1', 'EENVELOPE', 'declined'],
  [552, '5.3.4', 'EMESSAGE', 'invalid_argument'],
  [554, '5.7.1', 'EMESSAGE', 'declined'],
])('the reply %i %s (%s) is %s, and nothing was sent', (responseCode, enhanced, code, expected) => {
  const response = `${responseCode} ${enhanced} because`;
  const cause = Object.assign(new Error('refused'), { code, response, responseCode });
  // also as the answer to the message itself: so many words refuse it
  for (const isUnderWay of [false, true]) {
    const error = toError(new SmtpFailure(cause, isUnderWay));
    expect([error.code, error.details.applied]).toEqual([expected, 'no']);
  }
});

test.each(['ECONNECTION', 'ESOCKET', 'ETIMEDOUT'])(
  '%s is without effect before the message, in doubt after',
  (code) => {
    const cause = Object.assign(new Error('gone'), { code });
    expect(toError(new SmtpFailure(cause, false)).details.applied).toBe('no');
    expect(toError(new SmtpFailure(cause, true)).details.applied).toBe('unknown');
  },
);

describe('encryption', () => {
  test('beyond this machine nothing leaves in clear, the password least of all', async () => {
    const abroad = fake.env.SMTP_URL?.replace('127.0.0.1', '0.0.0.0') ?? '';
    const error = await refusal(adapter({ SMTP_URL: abroad }).send(message, call()));
    expect([error.code, error.details.applied]).toEqual(['misconfigured', 'no']);
    expect(fake.mails).toEqual([]);
  });

  test('smtps:// speaks TLS from the first byte', async () => {
    const secure = fake.env.SMTP_URL?.replace('smtp:', 'smtps:') ?? '';
    const error = await refusal(adapter({ SMTP_URL: secure }).send(message, call()));
    expect(error.details.applied).toBe('no');
    expect(fake.mails).toEqual([]);
  });
});

test('a certificate that nobody vouches for is no encryption', async () => {
  const server = new SMTPServer({ secure: true, authOptional: true, logger: false });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.server.address() as AddressInfo;
    const error = await refusal(adapter({ SMTP_URL: `smtps://127.0.0.1:${port}` }).send(message, call()));
    expect(error.details.applied).toBe('no');
    expect(String((error.cause as Error | undefined)?.cause ?? error.message)).toMatch(
      /self.signed|certificate/i,
    );
  } finally {
    await new Promise<void>((resolve) => server.close(resolve));
  }
});

describe('the message', () => {
  const read = () => PostalMime.parse(fake.mails.at(-1)?.raw ?? '');

  test('carries the same Message-ID whenever its call is repeated, and that is the receipt', async () => {
    const first = await adapter().send(message, call('order-1'));
    const again = await adapter().send(message, call('order-1'));
    const other = await adapter().send(message, call('order-2'));
    expect(again.messageId).toBe(first.messageId);
    expect(other.messageId).not.toBe(first.messageId);
    expect((await read()).messageId).toBe(other.messageId);
    expect(first.messageId).toMatch(/^<[0-9a-f]{40}@example\.com>$/);
  });

  test('has one recipient for one address, whatever its name looks like', async () => {
    const to = ['Doe, Jane <jane@example.com>', '"a \\"b\\" c" <abc@example.com>', 'x <y> <xy@example.com>'];
    await adapter().send({ ...message, to, cc: ['jane@example.com'] }, call());
    expect(fake.mails[0]?.to).toEqual(['jane@example.com', 'abc@example.com', 'xy@example.com']);
    expect((await read()).to?.map((one) => one.name)).toEqual(['Doe, Jane', 'a "b" c', 'x <y>']);
  });

  test('takes no header that contradicts its own fields', async () => {
    for (const name of ['To', 'bcc', 'From', 'Message-ID', 'content-type', 'Subject', 'MIME-Version']) {
      const error = await refusal(adapter().send({ ...message, headers: { [name]: 'x' } }, call()));
      expect(error.code).toBe('invalid_argument');
    }
  });

  test('reads no file and no address', async () => {
    const attachments = [{ filename: '/etc/passwd', contentBase64: btoa('mine') }];
    await adapter().send({ ...message, html: '<img src="file:///etc/passwd">', attachments }, call());
    const [file] = (await read()).attachments;
    expect(Buffer.from(file?.content as ArrayBuffer).toString()).toBe('mine');
  });
});

test('egress is asked before anything is opened', async () => {
  const asked: string[] = [];
  const host = {
    ...testHost(),
    connect: (name: string, port: number) => {
      asked.push(`${name}:${port}`);
      throw new SocleError('permission_denied', 'not declared');
    },
  };
  const settings = settingsOf(fake.env);
  const error = await refusal(create(settings, host).send(message, call()));
  expect(error.code).toBe('permission_denied');
  expect(asked).toEqual(smtp.hosts(settings));
});

test('the connection test logs in, and tells a wrong password from a right one', async () => {
  const settings = settingsOf(fake.env);
  await smtp.verify(settings, testHost(), AbortSignal.timeout(20_000));
  const wrong = { ...settings, url: settings.url.replace(/:[^:@]+@/, ':wrong@') };
  const error = await refusal(smtp.verify(wrong, testHost(), AbortSignal.timeout(20_000)));
  expect(error.code).toBe('misconfigured');
});

test('every audit check passes against the fake', async () => {
  const settings = settingsOf(fake.env);
  for (const check of checks) await check.run(settings, () => adapter() as never);
  expect(fake.mails).toHaveLength(1);
  expect(fake.mails[0]?.to).toEqual(['no-reply@example.com']);
});

describe('settings', () => {
  const hosts = (SMTP_URL: string) => smtp.hosts(settingsOf({ SMTP_URL, SMTP_FROM: 'a@example.com' }));

  test('ports are those of the protocol', () => {
    expect(hosts('smtps://mail.example.com')).toEqual(['mail.example.com:465']);
    expect(hosts('smtp://mail.example.com')).toEqual(['mail.example.com:587']);
    expect(hosts('smtp://u:p%40ss@mail.example.com:2525/')).toEqual(['mail.example.com:2525']);
    expect(hosts('smtp://[::1]:25')).toEqual(['::1:25']);
  });

  test.each([
    'mail.example.com',
    'http://mail.example.com',
    'smtp://',
    'smtp://user@host',
    'smtp://:pass@host',
    'smtp://host/path',
    'smtp://host?secure=false',
    'smtp://u:%zz@host',
  ])('%s is refused without being repeated', (url) => {
    const read = () => settingsOf({ SMTP_URL: url, SMTP_FROM: 'a@example.com' });
    expect(read).toThrow(/must be smtp:\/\//);
    expect(isSocleError(toError(undefined))).toBe(true);
  });
});
