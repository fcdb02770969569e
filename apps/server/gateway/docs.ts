import type { Port } from '@socle/kernel';
import { z } from 'zod';

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
nav a{margin-right:1rem}
h2{margin-top:3rem;border-bottom:1px solid}
code,pre{font:13px/1.45 ui-monospace,monospace}
pre{overflow:auto;padding:.75rem;border:1px solid;border-radius:6px}
summary{cursor:pointer}`;

export const DOCS_STYLE_PATH = '/api/docs.css';
export const docsStyle = (): Response => new Response(STYLE, { headers: { 'content-type': 'text/css' } });

/** A page without script: every operation, its input and its output. */
export function docsPage(ports: readonly Port[]): Response {
  const body = ports.map(section).join('\n');
  const nav = ports.map((port) => `<a href="#${port.id}">${text(port.title.en)}</a>`).join('');
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Socle API</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="${DOCS_STYLE_PATH}">
<h1>Socle API</h1><p>Every operation is a POST of JSON; the machine's description is
<a href="/api/v1/openapi.json">openapi.json</a>. Errors are problem documents (RFC 9457).
<code>Idempotency-Key</code> makes a repeated request the same call; <code>?via=</code> names a platform.</p>
<nav>${nav}</nav>${body}</html>`;
  return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } });
}

function section(port: Port): string {
  const operations = Object.entries(port.operations).map(([name, operation]) => {
    const json = operation.transport === undefined || operation.transport === 'json';
    const shapes = json
      ? `<details><summary>Input and output</summary><pre>${shape(operation.input, 'input')}</pre><pre>${shape(operation.output, 'output')}</pre></details>`
      : `<p>${operation.transport === 'binary' ? '<code>PUT|GET /api/v1/storage/objects/{key}</code>' : 'In the process only.'}</p>`;
    return `<h3 id="${port.id}.${name}"><code>${json ? `POST /api/v1/${port.id}/${name}` : `${port.id}.${name}`}</code></h3>
<p>${text(port.texts[name]?.en ?? '')}</p>${shapes}`;
  });
  return `<h2 id="${port.id}">${text(port.title.en)}</h2>${operations.join('\n')}`;
}

function shape(schema: z.ZodType, io: 'input' | 'output'): string {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return text(JSON.stringify(rest, null, 2));
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
