import { defineAdapter, definePlatform } from '@socle/kernel';
import { cache } from '@socle/port-cache';
import { toError } from './errors.ts';
import { plans } from './plan.ts';
import { type Settings, settings } from './settings.ts';

export const redis = definePlatform({
  id: 'redis',
  title: 'Redis',
  summary: { en: 'Cache, counters, rankings and messages', fr: 'Cache, compteurs, classements et messages' },
  docs: 'https://redis.io/docs/latest/commands/',
  settings,
  hosts: ({ url }) => {
    const { hostname, port } = new URL(url);
    return [`${hostname}:${port || 6379}`];
  },
  plans,
  adapters: [
    defineAdapter<typeof cache, Settings>({
      port: cache,
      capabilities: ['publish-subscribe', 'rankings'],
      guarantees: { set: 'natural', delete: 'natural', expire: 'natural', unrank: 'natural' },
      load: () => import('./cache.ts'),
    }),
  ],
  async verify(value, host, signal) {
    const { connect } = await import('./client.ts');
    const client = connect(value, host);
    const stop = (): void => client.disconnect();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await client.ping();
    } finally {
      signal.removeEventListener('abort', stop);
      client.disconnect();
    }
  },
  toError,
  loadAudit: () => import('./audit.ts'),
});
