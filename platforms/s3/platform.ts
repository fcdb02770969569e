import { defineAdapter, definePlatform } from '@socle/kernel';
import { storage } from '@socle/port-storage';
import { toError } from './errors.ts';
import { plans } from './plan.ts';
import { locate, type Settings, settings } from './settings.ts';

export const s3 = definePlatform({
  id: 's3',
  title: 'S3',
  summary: {
    en: 'Files at Amazon S3, Backblaze B2, MinIO and whatever speaks S3',
    fr: 'Fichiers chez Amazon S3, Backblaze B2, MinIO et tout ce qui parle S3',
  },
  docs: 'https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html',
  settings,
  hosts: (value) => [locate(value).host],
  plans,
  adapters: [
    defineAdapter<typeof storage, Settings>({
      port: storage,
      capabilities: ['signed-urls', 'ranges'],
      guarantees: { put: 'natural', delete: 'natural' },
      load: () => import('./storage.ts'),
    }),
  ],
  verify: async (value, host, signal) => (await import('./client.ts')).verify(value, host, signal),
  toError,
  loadAudit: () => import('./audit.ts'),
  loadFake: () => import('./fake.ts'),
});
