import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** A built single-page application: its files, and `index.html` for every path that is none. */
export async function serveApp(dist: string, path: string): Promise<Response | undefined> {
  const file = await find(dist, path);
  if (file) return send(file, path);
  const index = extname(path) ? undefined : await find(dist, 'index.html');
  return index ? send(index, 'index.html') : undefined;
}

interface Found {
  readonly path: string;
  readonly size: number;
}

async function find(dist: string, path: string): Promise<Found | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const full = normalize(join(dist, decoded));
  if (!full.startsWith(dist + sep) || decoded.includes('\0')) return undefined;
  const found = await stat(full).catch(() => undefined);
  return found?.isFile() ? { path: full, size: found.size } : undefined;
}

function send({ path, size }: Found, asked: string): Response {
  const hashed = asked.startsWith('assets/');
  return new Response(Readable.toWeb(createReadStream(path)) as ReadableStream, {
    headers: {
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      'content-length': String(size),
      'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  });
}
