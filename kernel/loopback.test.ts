import { expect, test } from 'vitest';
import { isSafeUrl } from './loopback.ts';

test.each([
  'https://api.example.com',
  'http://127.0.0.1:9000',
  'http://localhost/x',
  'http://[::1]:80',
  'http://127.9.9.9',
])('%s keeps what is sent to it private', (url) => expect(isSafeUrl(url)).toBe(true));

test.each([
  'http://api.example.com',
  'http://127.evil.com',
  'http://localhost.evil.com',
  'http://127.0.0.1.evil.com',
  'http://10.0.0.1',
  'http://127.0.0.1@evil.com',
  'ftp://localhost',
  'nonsense',
])('%s does not', (url) => expect(isSafeUrl(url)).toBe(false));
