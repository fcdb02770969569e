import type { Hono } from 'hono';
import type { App } from '../compose/app.ts';
import type { Env } from '../gateway/guards.ts';

interface Mounting {
  readonly base: string;
  answer(value: unknown, init?: ResponseInit): Response;
}

export function mountMailbox(hono: Hono<Env>, _app: App, { base, answer }: Mounting): void {
  hono.get(base, () => answer({ items: [] }));
}
