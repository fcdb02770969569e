import { describe, expect, it } from 'vitest';
import { canonicalHost, covers, destinationOf } from './destination.ts';

function reaches(entry: string, url: string): boolean {
  const destination = destinationOf(new URL(url));
  return destination !== undefined && covers(entry, destination);
}

describe('covers', () => {
  it.each([
    ['api.stripe.com', 'https://api.stripe.com/v1'],
    ['api.stripe.com', 'https://API.Stripe.COM/v1'],
    ['API.Stripe.com', 'https://api.stripe.com/v1'],
    ['api.stripe.com:443', 'https://api.stripe.com/v1'],
    ['api.stripe.com:8443', 'https://api.stripe.com:8443/'],
    ['127.0.0.1:9000', 'http://127.0.0.1:9000/'],
    ['127.0.0.1', 'http://127.0.0.1/'],
    ['127.0.0.1', 'http://0x7f.1/'],
    ['[::1]:9000', 'http://[::1]:9000/'],
    ['[::1]:9000', 'http://[0:0:0:0:0:0:0:1]:9000/'],
    ['*.example.com', 'https://a.example.com/'],
    ['*.example.com', 'https://a.b.example.com/'],
    ['*.example.com:9443', 'https://a.example.com:9443/'],
    ['bücher.example', 'https://xn--bcher-kva.example/'],
    ['xn--bcher-kva.example', 'https://BÜCHER.example/'],
  ])('%s reaches %s', (entry, url) => {
    expect(reaches(entry, url)).toBe(true);
  });

  it.each([
    ['api.stripe.com', 'https://api.stripe.com.evil.test/'],
    ['api.stripe.com', 'https://api.stripe.com@evil.test/'],
    ['api.stripe.com', 'https://evil.test/@api.stripe.com'],
    ['api.stripe.com', 'https://evil.test\\@api.stripe.com/'],
    ['api.stripe.com', 'https://api.stripe.com./'],
    ['api.stripe.com', 'https://xapi.stripe.com/'],
    ['api.stripe.com', 'https://sub.api.stripe.com/'],
    ['api.stripe.com', 'https://api.stripe.com:8443/'],
    ['api.stripe.com', 'http://api.stripe.com/'],
    ['api.stripe.com:8443', 'https://api.stripe.com/'],
    ['api.stripe.com:443', 'https://api.stripe.com:444/'],
    // Cyrillic а
    ['api.stripe.com', 'https://\u0430pi.stripe.com/'],
    ['*.example.com', 'https://example.com/'],
    ['*.example.com', 'https://evilexample.com/'],
    ['*.example.com', 'https://a.example.com./'],
    ['*.example.com', 'https://a.example.com.evil.test/'],
    ['127.0.0.1:9000', 'http://[::ffff:7f00:1]:9000/'],
    ['127.0.0.1:9000', 'http://localhost:9000/'],
    ['[::1]:9000', 'http://[::2]:9000/'],
    ['localhost', 'ftp://localhost/'],
    ['', 'https://evil.test/'],
    ['*', 'https://evil.test/'],
    ['*.', 'https://evil.test/'],
  ])('%s does not reach %s', (entry, url) => {
    expect(reaches(entry, url)).toBe(false);
  });

  it('refuses credentials in a URL even to a declared host', () => {
    expect(reaches('api.stripe.com', 'https://user:secret@api.stripe.com/')).toBe(false);
  });
});

describe('canonicalHost', () => {
  it.each([
    ['SMTP.Example.com', 'smtp.example.com'],
    ['::1', '[::1]'],
    ['[::1]', '[::1]'],
    ['127.1', '127.0.0.1'],
    ['smtp.example.com.', 'smtp.example.com.'],
  ])('%s → %s', (host, canonical) => {
    expect(canonicalHost(host)).toBe(canonical);
  });

  it.each(['', 'a b', 'host:25', 'user@host', 'host/path', 'host?x', 'host#x', 'fe80::1%eth0'])(
    'refuses "%s"',
    (host) => {
      expect(canonicalHost(host)).toBeUndefined();
    },
  );
});
