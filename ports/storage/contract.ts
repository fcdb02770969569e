import { definePort, type PortOf, read, write } from '@socle/kernel';
import { storageEvents } from './events.ts';
import * as s from './schemas.ts';
import { storageTexts } from './texts.ts';

/**
 * Objects under keys. Designed from the documents of S3 (with B2, Spaces, MinIO), Supabase Storage and Vercel Blob.
 * Deliberately absent: buckets (one per configured platform), folders (keys have slashes), public access lists.
 */
export const storage = definePort({
  id: 'storage',
  title: { en: 'Files', fr: 'Fichiers' },
  capabilities: ['signed-urls', 'ranges'],
  operations: {
    put: write(s.Put, s.ObjectInfo, { transport: 'binary' }),
    get: read(s.Get, s.ObjectBody, { transport: 'binary' }),
    head: read(s.Key, s.ObjectInfo),
    list: read(s.List, s.Page),
    delete: write(s.Keys, s.Deleted),
    signUrl: read(s.SignUrl, s.SignedUrl, { needs: 'signed-urls' }),
  },
  texts: storageTexts,
  events: storageEvents,
});

export type StoragePort = PortOf<typeof storage>;
