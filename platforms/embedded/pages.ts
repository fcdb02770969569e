import type { Host } from '@socle/kernel';

type Pages = (request: Request) => Promise<Response | undefined>;

/** By the first path segment after `/embedded/`; each is loaded when somebody first comes. */
const LOADERS: Readonly<Record<string, (host: Host) => Promise<Pages>>> = {
  files: async (host) => (await import('./storage/pages.ts')).createFilePages(host),
  pay: async (host) => (await import('./payments/pages.ts')).createPaymentPages(host),
};

/** Everything under `/embedded/`: signed files, and the pages of the embedded vendor. */
export function createPages(_settings: object, host: Host): (request: Request) => Promise<Response> {
  const loaded = new Map<string, Promise<Pages>>();
  return async (request) => {
    const [, , segment = ''] = new URL(request.url).pathname.split('/');
    const load = Object.hasOwn(LOADERS, segment) ? LOADERS[segment] : undefined;
    const pages = load && (loaded.get(segment) ?? load(host));
    if (pages) loaded.set(segment, pages);
    const answer = await (await pages)?.(request);
    return answer ?? new Response('Not found\n', { status: 404, headers: { 'content-type': 'text/plain' } });
  };
}
