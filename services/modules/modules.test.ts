import { SocleError } from '@socle/kernel';
import { expect, test } from 'vitest';
import { failing, harness, scripted } from './testing/harness.ts';

const limited = new SocleError('rate_limited', 'slow down', { retryAfterMs: 20 });
const full = new SocleError('quota_exceeded', 'the day is full');
const away = new SocleError('unavailable', 'refused', { applied: 'no' });
const lost = new SocleError('unavailable', 'connection lost', { applied: 'unknown' });

test('input is checked before anything happens, with the faults of every field', async () => {
  const one = scripted('embedded');
  const { send, modules } = harness([one]);
  await expect(send({ input: { to: '', cc: 1 } })).rejects.toMatchObject({
    code: 'invalid_argument',
    details: { faults: [{ field: 'to' }, { field: '' }] },
  });
  await expect(send({ operation: 'constructor' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(send({ port: 'pigeon' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(send({ via: 'pigeon' })).rejects.toMatchObject({ code: 'invalid_argument' });
  expect(one.calls).toEqual([]);
  await modules.close();
});

test('an adapter without the capability answers unsupported', async () => {
  const { modules } = harness([scripted('embedded')]);
  const track = modules.call({ port: 'post', operation: 'track', input: { id: '1' } });
  await expect(track).rejects.toMatchObject({ code: 'unsupported', details: { platform: 'embedded' } });
});

test('the adapter is created once; every call without a key gets a fresh one', async () => {
  const one = scripted('embedded');
  const { send } = harness([one]);
  await Promise.all([send(), send(), send()]);
  expect(one.created).toBe(1);
  expect(new Set(one.calls.map(({ key }) => key)).size).toBe(3);
});

test('only a call that can come back under its key is remembered', async () => {
  const one = scripted('embedded');
  const begun: string[] = [];
  const effects = {
    begin: async ({ idempotencyKey }: { idempotencyKey: string }) => {
      begun.push(idempotencyKey);
      return { state: 'fresh' as const };
    },
    succeeded: async () => {},
    failed: async () => {},
    unknown: async () => {},
  };
  const { send } = harness([one], { effects });
  await send();
  await send({ idempotencyKey: 'again' });
  expect(one.calls).toHaveLength(2);
  expect(begun).toEqual(['again']);
});

test('a refused call is retried under the same key, and told once it went through', async () => {
  const one = scripted('embedded');
  one.answers.send = failing(limited, 2);
  const { send } = harness([one]);
  await expect(send()).resolves.toEqual({ id: 'at last' });
  expect(new Set(one.calls.map(({ key }) => key)).size).toBe(1);
  expect(one.calls).toHaveLength(3);
});

test('an effect in doubt is never repeated; with the vendor’s own key it is', async () => {
  const none = scripted('embedded');
  none.answers.send = failing(lost);
  await expect(harness([none]).send()).rejects.toMatchObject({ code: 'outcome_unknown' });
  expect(none.calls).toHaveLength(1);
  const native = scripted('embedded', { guarantee: 'native' });
  native.answers.send = failing(lost, 1);
  await expect(harness([native]).send()).resolves.toEqual({ id: 'at last' });
  expect(native.calls).toHaveLength(2);
});

test('nobody is kept waiting for a long pause that the vendor asks for', async () => {
  const one = scripted('embedded');
  one.answers.send = failing(new SocleError('rate_limited', 'later', { retryAfterMs: 60_000 }));
  await expect(harness([one]).send()).rejects.toMatchObject({ code: 'rate_limited' });
  expect(one.calls).toHaveLength(1);
});

test('a caller who goes away is let go, in the middle of a pause too', async () => {
  const one = scripted('embedded');
  one.answers.send = failing(new SocleError('rate_limited', 'later', { retryAfterMs: 4000 }));
  const caller = new AbortController();
  const sent = harness([one]).send({ signal: caller.signal });
  await expect.poll(() => one.calls.length).toBe(1);
  caller.abort();
  await expect(sent).rejects.toMatchObject({ code: 'cancelled' });
});

test('after five failures in a row a platform is left alone', async () => {
  const one = scripted('embedded', { guarantee: 'native' });
  one.answers.send = failing(new SocleError('vendor_contract', 'HTML'));
  const { send } = harness([one]);
  for (let count = 0; count < 5; count += 1)
    await expect(send()).rejects.toMatchObject({ code: 'vendor_contract' });
  await expect(send()).rejects.toMatchObject({ code: 'unavailable', details: { applied: 'no' } });
  expect(one.calls).toHaveLength(5);
});

const chained = { SOCLE_POST: 'acme,embedded', SOCLE_POST_POLICY: 'next' };

test.each([
  ['quota_exceeded', full],
  ['unavailable, not sent', away],
])('next: %s goes on to the next platform', async (_name, error) => {
  const [acme, own] = [scripted('acme'), scripted('embedded')];
  acme.answers.send = failing(error);
  const { send } = harness([acme, own], { env: chained });
  await expect(send()).resolves.toEqual({ id: 'embedded' });
  expect(own.calls).toHaveLength(1);
});

test('next: an unsupported operation goes on; an effect in doubt and a refusal do not', async () => {
  const [acme, own] = [scripted('acme'), scripted('embedded', { capabilities: ['tracking'] })];
  const { send, modules } = harness([acme, own], { env: chained });
  const tracked = modules.call({ port: 'post', operation: 'track', input: { id: '1' } });
  await expect(tracked).resolves.toEqual({ id: 'embedded' });
  own.calls.length = 0;
  for (const error of [lost, new SocleError('declined', 'no')]) {
    acme.answers.send = failing(error);
    await expect(send()).rejects.toMatchObject({ details: { platform: 'acme' } });
  }
  expect(own.calls).toEqual([]);
});

test('next: what may have happened stays where it is, even where repeating it there is harmless', async () => {
  const [acme, own] = [scripted('acme', { guarantee: 'natural' }), scripted('embedded')];
  acme.answers.send = failing(lost);
  await expect(harness([acme, own], { env: chained }).send()).rejects.toMatchObject({ code: 'unavailable' });
  expect(own.calls).toEqual([]);
});

test('fail: the chain is not walked, and via overrules it', async () => {
  const [acme, own] = [scripted('acme'), scripted('embedded')];
  acme.answers.send = failing(full);
  const { send } = harness([acme, own], { env: { SOCLE_POST: 'acme,embedded' } });
  await expect(send()).rejects.toMatchObject({ code: 'quota_exceeded' });
  await expect(send({ via: 'embedded' })).resolves.toEqual({ id: 'embedded' });
});

test('next, repeated after a crash: begins where the call had gone on to', async () => {
  const [acme, own] = [
    scripted('acme', { guarantee: 'natural' }),
    scripted('embedded', { guarantee: 'natural' }),
  ];
  const kept = new Map<string, string>();
  const routes = {
    at: async (key: string) => kept.get(key),
    goOn: async (key: string, platform: string) => void kept.set(key, platform),
  };
  acme.answers.send = failing(full, 1);
  const first = harness([acme, own], { env: chained, routes });
  own.answers.send = failing(new SocleError('internal', 'killed'), 1);
  await expect(first.send({ idempotencyKey: 'k1' })).rejects.toMatchObject({ code: 'internal' });
  const second = harness([acme, own], { env: chained, routes });
  await second.send({ idempotencyKey: 'k1' });
  expect(acme.calls).toHaveLength(1);
  expect(own.calls).toHaveLength(2);
});

test('new settings: calls under way keep their adapter, which is closed when they end', async () => {
  const acme = scripted('acme');
  const { modules, send } = harness([acme], { env: { SOCLE_POST: 'acme' } });
  const gate = Promise.withResolvers<{ id: string }>();
  acme.answers.send = () => gate.promise;
  const slow = send();
  await expect.poll(() => acme.calls.length).toBe(1);
  const changed = modules.boot();
  const platforms = new Map(changed.platforms);
  const before = platforms.get('acme');
  if (!before) throw new Error('not there');
  platforms.set('acme', { ...before, result: { state: 'ready', value: { key: 'another' } } });
  modules.update({ ...changed, platforms });
  acme.answers.send = async () => ({ id: 'new' });
  await expect(send()).resolves.toEqual({ id: 'new' });
  expect(acme).toMatchObject({ created: 2, closed: 0 });
  gate.resolve({ id: 'old' });
  await expect(slow).resolves.toEqual({ id: 'old' });
  expect(acme.closed).toBe(1);
  await modules.close();
  expect(acme.closed).toBe(2);
});
