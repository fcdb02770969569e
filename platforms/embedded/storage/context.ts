import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type ErrorCode, type Host, SocleError } from '@socle/kernel';

/** A row of `socle_embedded.objects`. */
export interface ObjectRow {
  readonly key: string;
  readonly file: string;
  /** `bigint`, as the driver gives it. */
  readonly size_bytes: string;
  readonly content_type: string;
  readonly etag: string;
  readonly modified_at: Date;
}

export interface Info {
  readonly key: string;
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly etag: string;
  readonly modifiedAt: string;
}

export function infoOf(row: ObjectRow): Info {
  return {
    key: row.key,
    sizeBytes: Number(row.size_bytes),
    contentType: row.content_type,
    etag: row.etag,
    modifiedAt: row.modified_at.toISOString(),
  };
}

/** Where files lie. Names are random: a key never becomes a path. */
export function placesOf(host: Host): {
  readonly objects: string;
  readonly uploads: string;
  /** Absolute path of a stored file. */
  at(file: string): string;
} {
  const { filesDir } = host.local();
  const objects = join(filesDir, 'objects');
  return { objects, uploads: join(filesDir, 'uploads'), at: (file) => join(objects, file) };
}

/** Spread over 256 folders. */
export function newFileName(): string {
  const name = randomUUID();
  return `${name.slice(0, 2)}/${name}`;
}

/** The key of this installation's signed URLs, made at its first use. Read each time: it may be replaced. */
export async function signingKey(host: Host): Promise<Uint8Array> {
  const { sql } = host.local();
  const read = () =>
    sql.query<{ secret: Uint8Array }>(
      `select secret from socle_embedded.signing_keys where purpose = 'files'`,
    );
  let [row] = await read();
  if (!row) {
    await sql.query(
      `insert into socle_embedded.signing_keys (purpose, secret) values ('files', $1) on conflict do nothing`,
      [randomBytes(32)],
    );
    [row] = await read();
  }
  if (!row) throw refuse('internal', 'the signing key could not be read');
  return row.secret;
}

/** Where the operator can help, says so; without the path, which is nobody else's business. */
export function toDiskError(thrown: unknown): unknown {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return refuse('quota_exceeded', 'the disk is full · free some space');
  if (code !== undefined && /^(EACCES|EPERM|EROFS|ENOTDIR|EISDIR)$/.test(code))
    return refuse('misconfigured', `the files folder cannot be used (${code}) · check SOCLE_HOME`);
  return thrown;
}

/** The error of a call that changed nothing. */
export function refuse(code: ErrorCode, message: string): SocleError {
  return new SocleError(code, message, { applied: 'no' });
}
