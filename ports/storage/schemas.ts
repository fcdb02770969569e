import { z } from 'zod';

const encoder = new TextEncoder();

/** UTF-8, at most 1,024 bytes (S3's limit), no leading slash, no `.` or `..` segment, no control character. */
export const ObjectKey = z
  .string()
  .min(1)
  .refine((key) => encoder.encode(key).length <= 1024, 'must be at most 1024 bytes')
  .refine((key) => key.isWellFormed() && !/\p{Cc}/u.test(key), 'must not contain control characters')
  .refine(
    (key) => key.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'must not contain empty, "." or ".." segments',
  );

const isBytes = (value: unknown): boolean => value instanceof Uint8Array || value instanceof ReadableStream;
const Bytes = z.custom<Uint8Array | ReadableStream<Uint8Array>>(isBytes, 'must be bytes or a byte stream');

/** A header's value: visible ASCII and spaces. */
const ContentType = z
  .string()
  .max(255)
  .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, 'must be a media type');

/** `ifAbsent` refuses with `precondition_failed` when the key exists. `maxBytes` is enforced while streaming. */
export const Put = z.strictObject({
  key: ObjectKey,
  body: z.union([z.string(), Bytes]),
  contentType: ContentType.default('application/octet-stream'),
  ifAbsent: z.boolean().optional(),
  maxBytes: z.int().min(1).optional(),
});
export const Key = z.strictObject({ key: ObjectKey });
export const Keys = z.strictObject({ keys: z.array(ObjectKey).min(1).max(1000) });
/** Byte positions, both inclusive; needs the capability `ranges`. */
export const Get = z.strictObject({
  key: ObjectKey,
  range: z.strictObject({ start: z.int().min(0), end: z.int().min(0).optional() }).optional(),
});
export const ObjectInfo = z.object({
  key: z.string(),
  sizeBytes: z.int(),
  contentType: z.string(),
  /** Opaque; changes when the content changes. */
  etag: z.string(),
  modifiedAt: z.iso.datetime(),
});
export const ObjectBody = ObjectInfo.extend({
  body: z.custom<ReadableStream<Uint8Array>>((value) => value instanceof ReadableStream),
});
/** Keys in byte order. */
export const List = z.strictObject({
  prefix: z
    .string()
    .max(1024)
    .refine(
      (prefix) => prefix.isWellFormed() && !/\p{Cc}/u.test(prefix),
      'must not contain control characters',
    )
    .default(''),
  limit: z.int().min(1).max(1000).default(100),
  cursor: z.string().min(1).max(4096).optional(),
});
export const Page = z.object({
  objects: z.array(ObjectInfo.omit({ contentType: true })),
  /** Absent on the last page. */
  nextCursor: z.string().optional(),
});
/** Deleting what is not there is not an error. */
export const Deleted = z.object({ deleted: z.int() });
export const SignUrl = z.strictObject({
  key: ObjectKey,
  action: z.enum(['read', 'write']),
  expiresInSeconds: z.int().min(1).max(604_800).default(900),
  /** Of the upload, for `write`. */
  contentType: ContentType.optional(),
});
export const SignedUrl = z.object({
  url: z.url(),
  method: z.enum(['GET', 'PUT']),
  expiresAt: z.iso.datetime(),
});
