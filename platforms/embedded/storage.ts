import { rm } from 'node:fs/promises';
import type { Host } from '@socle/kernel';
import type { StoragePort } from '@socle/port-storage';
import { infoOf, type ObjectRow, placesOf, refuse, signingKey } from './storage/context.ts';
import { findObject, openObject } from './storage/read.ts';
import { pathOf } from './storage/sign.ts';
import { type Written, writeFile } from './storage/write.ts';

/** Content on this machine's disk under random names, everything else in PostgreSQL. */
export function create(_settings: object, host: Host): StoragePort {
  const sql = () => host.local().sql;

  return {
    put: async ({ key, body, contentType, ifAbsent = false, maxBytes }, { signal }) => {
      if (ifAbsent) await refuseExisting(key);
      const written = await writeFile(host, { body, maxBytes, signal });
      const put = { key, contentType, written };
      const [row] = await (ifAbsent ? insert(put) : upsert(put));
      if (!row) {
        await discard([written.file]);
        throw existing();
      }
      if (row.replaced !== null) await discard([row.replaced]);
      return infoOf(row);
    },

    get: async ({ key, range }, { signal }) => {
      const { part: _, ...opened } = await openObject(host, { key, range, signal });
      return opened;
    },

    head: async ({ key }) => infoOf(await findObject(host, key)),

    list: async ({ prefix, limit, cursor }) => {
      const rows = await sql().query<ObjectRow>(
        `select * from socle_embedded.objects
         where starts_with(key, $1) and key > $2 order by key limit $3`,
        [prefix, cursor === undefined ? '' : readCursor(cursor), limit + 1],
      );
      const objects = rows.slice(0, limit).map((row) => {
        const { contentType: _, ...info } = infoOf(row);
        return info;
      });
      const last = objects.at(-1);
      return rows.length > limit && last ? { objects, nextCursor: writeCursor(last.key) } : { objects };
    },

    delete: async ({ keys }) => {
      const gone = await sql().query<{ file: string }>(
        'delete from socle_embedded.objects where key = any($1) returning file',
        [keys],
      );
      await discard(gone.map(({ file }) => file));
      return { deleted: gone.length };
    },

    signUrl: async ({ key, action, expiresInSeconds, contentType = '' }) => {
      const expiresAt = host.clock.now().getTime() + expiresInSeconds * 1000;
      const grant = { key, action, expiresAt, contentType: action === 'write' ? contentType : '' };
      return {
        url: `${host.local().publicBaseUrl}${pathOf(grant, await signingKey(host))}`,
        method: action === 'read' ? 'GET' : 'PUT',
        expiresAt: new Date(expiresAt).toISOString(),
      };
    },
  };

  type Put = { readonly key: string; readonly contentType: string; readonly written: Written };
  type Stored = ObjectRow & { readonly replaced: string | null };

  function valuesOf({ key, contentType, written }: Put): readonly unknown[] {
    return [key, written.file, written.sizeBytes, contentType, written.etag, host.clock.now()];
  }

  async function insert(put: Put): Promise<Stored[]> {
    return sql().query<Stored>(
      `insert into socle_embedded.objects (key, file, size_bytes, content_type, etag, modified_at)
       values ($1, $2, $3, $4, $5, $6) on conflict (key) do nothing returning *, null as replaced`,
      valuesOf(put),
    );
  }

  /** Two that replace the same object at once may both name the first file as replaced: upkeep finds the other. */
  async function upsert(put: Put): Promise<Stored[]> {
    return sql().query<Stored>(
      `with before as (select file from socle_embedded.objects where key = $1)
       insert into socle_embedded.objects (key, file, size_bytes, content_type, etag, modified_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (key) do update set file = excluded.file, size_bytes = excluded.size_bytes,
         content_type = excluded.content_type, etag = excluded.etag, modified_at = excluded.modified_at
       returning *, (select file from before) as replaced`,
      valuesOf(put),
    );
  }

  async function refuseExisting(key: string): Promise<void> {
    const rows = await sql().query('select 1 from socle_embedded.objects where key = $1', [key]);
    if (rows.length > 0) throw existing();
  }

  /** After the commit: what cannot be removed now is garbage that upkeep removes. */
  async function discard(files: readonly string[]): Promise<void> {
    const places = placesOf(host);
    for (const file of files) {
      await rm(places.at(file), { force: true }).catch((thrown: unknown) =>
        host.log.warn({ error: String(thrown) }, 'a stored file could not be removed'),
      );
    }
  }
}

function existing(): Error {
  return refuse('precondition_failed', 'the key exists already');
}

function writeCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function readCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (key === '' || key.includes('\0') || writeCursor(key) !== cursor) {
    throw refuse('invalid_argument', 'the cursor was not given by this module');
  }
  return key;
}
