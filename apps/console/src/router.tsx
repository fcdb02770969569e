import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { NotFound } from './not-found.tsx';
import { Shell } from './shell.tsx';

type Given = Readonly<Record<string, unknown>>;

/** Filters live in the URL; what is not a word drops out. */
function words<Name extends string>(given: Given, ...names: readonly Name[]): { [K in Name]?: string } {
  const kept: { [K in Name]?: string } = {};
  for (const name of names) {
    const value = given[name];
    if (typeof value === 'string' && value !== '') kept[name] = value;
    else if (typeof value === 'number') kept[name] = String(value);
  }
  return kept;
}

function pages(given: Given): { pages?: number } {
  const count = Number(given.pages);
  return Number.isInteger(count) && count > 1 ? { pages: Math.min(count, 50) } : {};
}

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/overview.tsx'), 'OverviewPage'),
});
const quotas = createRoute({
  getParentRoute: () => root,
  path: '/quotas',
  validateSearch: (given: Given) => ({
    ...words(given, 'platform'),
    ...(given.near === true ? { near: true } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/quotas.tsx'), 'QuotasPage'),
});
const deliveries = createRoute({
  getParentRoute: () => root,
  path: '/deliveries',
  validateSearch: (given: Given) => ({ ...words(given, 'platform', 'state', 'search'), ...pages(given) }),
  component: lazyRouteComponent(() => import('./pages/deliveries.tsx'), 'DeliveriesPage'),
});
const delivery = createRoute({
  getParentRoute: () => deliveries,
  path: '$id',
  component: lazyRouteComponent(() => import('./pages/delivery.tsx'), 'DeliveryDetailPane'),
});
const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: (given: Given) => ({ ...words(given, 'type', 'search'), ...pages(given) }),
  component: lazyRouteComponent(() => import('./pages/events.tsx'), 'EventsPage'),
});
const event = createRoute({
  getParentRoute: () => events,
  path: '$id',
  component: lazyRouteComponent(() => import('./pages/event.tsx'), 'EventDetailPane'),
});
const flows = createRoute({
  getParentRoute: () => root,
  path: '/flows',
  component: lazyRouteComponent(() => import('./pages/flows.tsx'), 'FlowsPage'),
});
const flow = createRoute({
  getParentRoute: () => root,
  path: '/flows/$id',
  component: lazyRouteComponent(() => import('./pages/flow.tsx'), 'FlowPage'),
});
const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: (given: Given) => ({ ...words(given, 'flow', 'state'), ...pages(given) }),
  component: lazyRouteComponent(() => import('./pages/runs.tsx'), 'RunsPage'),
});
const run = createRoute({
  getParentRoute: () => runs,
  path: '$id',
  component: lazyRouteComponent(() => import('./pages/run.tsx'), 'RunDetailPane'),
});
const mailbox = createRoute({
  getParentRoute: () => root,
  path: '/mailbox',
  validateSearch: (given: Given) => ({ ...words(given, 'search'), ...pages(given) }),
  component: lazyRouteComponent(() => import('./pages/mailbox.tsx'), 'MailboxPage'),
});
const mail = createRoute({
  getParentRoute: () => mailbox,
  path: '$id',
  component: lazyRouteComponent(() => import('./pages/mail.tsx'), 'MailPane'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings.tsx'), 'SettingsPage'),
});
const platform = createRoute({
  getParentRoute: () => settings,
  path: '$id',
  component: lazyRouteComponent(() => import('./pages/platform.tsx'), 'PlatformPane'),
});

export const router = createRouter({
  basepath: '/console',
  scrollRestoration: true,
  defaultPreload: 'intent',
  routeTree: root.addChildren([
    overview,
    quotas,
    deliveries.addChildren([delivery]),
    events.addChildren([event]),
    flows,
    flow,
    runs.addChildren([run]),
    mailbox.addChildren([mail]),
    settings.addChildren([platform]),
  ]),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
