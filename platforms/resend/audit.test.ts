import { email } from '@socle/port-email';
import { expect, test } from 'vitest';
import { checks } from './audit.ts';
import { create } from './email.ts';
import { toError } from './errors.ts';
import { startFake } from './fake.ts';
import { settingsOf, testHost } from './testing.ts';

test('every check passes against the fake, at the cost of at most one e-mail', async () => {
  const fake = await startFake({ requestsPerSecond: Number.POSITIVE_INFINITY });
  try {
    const settings = settingsOf(fake.env);
    const adapter = create(settings, testHost());
    const withCodes = Object.fromEntries(
      Object.entries(adapter).map(([name, run]) => [
        name,
        (input: never, call: never) =>
          (run as (input: never, call: never) => Promise<unknown>)(input, call).catch((thrown) =>
            Promise.reject(toError(thrown)),
          ),
      ]),
    );
    for (const check of checks) {
      const before = fake.control.used().day;
      await check.run(settings, (port) => (port.id === email.id ? withCodes : {}) as never);
      expect(fake.control.used().day - before).toBeLessThanOrEqual(1);
    }
    await expect(async () =>
      checks
        .find((one) => one.id === 'webhook-secret')
        ?.run({ ...settings, webhookSecret: undefined }, () => ({}) as never),
    ).rejects.toMatchObject({ code: 'misconfigured' });
  } finally {
    await fake.close();
  }
});
