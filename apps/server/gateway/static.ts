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
  const inside = locate(dist, path);
  if (!inside) return undefined;
  const file = await find(inside);
  if (file) return send(file, path);
  const index = extname(path) ? undefined : await find(join(dist, 'index.html'));
  return index ? send(index, 'index.html') : undefined;
}

interface Found {
  readonly path: string;
  readonly size: number;
}

/** Undefined for a path that leads out of `dist`. */
function locate(dist: string, path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path);
    const full = normalize(join(dist, decoded));
    return full.startsWith(dist + sep) && !decoded.includes('\0') ? full : undefined;
  } catch {
    return undefined;
  }
}

async function find(path: string): Promise<Found | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? { path, size: found.size } : undefined;
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
