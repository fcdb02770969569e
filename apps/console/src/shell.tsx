import { Dialog, IconButton, LanguageSwitch, Status, ThemeSwitch, type Tone, useSpeech } from '@socle/ui';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import {
  Activity,
  Gauge,
  Inbox,
  LayoutGrid,
  type LucideIcon,
  Mail,
  Menu,
  SlidersHorizontal,
  Waypoints,
} from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type LiveState, useLive } from './data/live.ts';
import { Title } from './parts/title.tsx';
import { shellTexts } from './texts/shell.ts';

const PAGES = [
  { to: '/', name: 'overview', icon: LayoutGrid },
  { to: '/quotas', name: 'quotas', icon: Gauge },
  { to: '/deliveries', name: 'deliveries', icon: Inbox },
  { to: '/events', name: 'events', icon: Activity },
  { to: '/flows', name: 'flows', icon: Waypoints },
  { to: '/mailbox', name: 'mailbox', icon: Mail },
  { to: '/settings', name: 'settings', icon: SlidersHorizontal },
] as const satisfies readonly { to: string; name: keyof typeof shellTexts; icon: LucideIcon }[];

const LIVE_TONES: Readonly<Record<LiveState, Tone>> = {
  connecting: 'idle',
  live: 'good',
  reconnecting: 'warn',
};

/** The frame of every page: where one is, where one can go, and whether what one sees is live. */
export function Shell(): ReactNode {
  const { t } = useSpeech();
  const live = useLive();
  const [menu, setMenu] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const section = pathname.split('/')[1] ?? '';
  const seen = useRef(section);
  useEffect(() => {
    setMenu(false);
    // After a change of page, reading and tabbing start at its content; not on the first load.
    if (seen.current !== section) main.current?.focus({ preventScroll: true });
    seen.current = section;
  }, [section]);
  const foot = (
    <div className="grid justify-items-start gap-3 border-t border-line p-4">
      <span role="status">
        <Status tone={LIVE_TONES[live]} className="text-small">
          {t(shellTexts[live])}
        </Status>
      </span>
      <div className="flex flex-wrap gap-2">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </div>
  );
  return (
    <div className="min-h-dvh bg-ground lg:grid lg:grid-cols-[13.5rem_minmax(0,1fr)]">
      <Title section={section} />
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-ink focus:px-3 focus:py-2 focus:text-ground"
      >
        {t(shellTexts.skip)}
      </a>
      <header className="sticky top-0 z-30 flex h-12 items-center justify-between border-b border-line bg-ground pr-2 pl-4 lg:hidden">
        <Wordmark />
        <div className="flex items-center gap-2">
          <Status tone={LIVE_TONES[live]} className="text-small">
            {t(shellTexts[live])}
          </Status>
          <IconButton label={t(shellTexts.menu)} icon={Menu} onClick={() => setMenu(true)} />
        </div>
      </header>
      <Dialog shape="sheet" title="Socle" open={menu} onClose={() => setMenu(false)}>
        <div className="flex-1 overflow-y-auto p-2">
          <Navigation section={section} />
        </div>
        {foot}
      </Dialog>
      <header className="sticky top-0 hidden h-dvh flex-col border-r border-line lg:flex">
        <div className="px-5 pt-6 pb-5">
          <Wordmark />
        </div>
        <div className="flex-1 overflow-y-auto px-2">
          <Navigation section={section} />
        </div>
        {foot}
      </header>
      <main
        id="content"
        ref={main}
        tabIndex={-1}
        className="mx-auto w-full max-w-[90rem] px-4 py-6 outline-none lg:px-8"
      >
        <Outlet />
      </main>
    </div>
  );
}

function Navigation({ section }: { readonly section: string }): ReactNode {
  const { t } = useSpeech();
  const current = section === 'runs' ? 'flows' : section;
  return (
    <nav aria-label={t(shellTexts.navigation)}>
      <ul className="grid gap-px">
        {PAGES.map(({ to, name, icon: Icon }) => {
          const here = to === `/${current}`;
          return (
            <li key={to}>
              <Link
                to={to}
                aria-current={here ? 'page' : undefined}
                className={
                  here
                    ? 'flex h-9 items-center gap-3 bg-accent-wash px-3 font-[620] text-accent shadow-[inset_2px_0_0_var(--accent)]'
                    : 'flex h-9 items-center gap-3 px-3 text-ink-soft transition-colors hover:bg-hover hover:text-ink'
                }
              >
                <Icon aria-hidden size={15} strokeWidth={1.75} />
                {t(shellTexts[name])}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** Shaft, cap, base: what a thing stands on. */
function Wordmark(): ReactNode {
  return (
    <Link to="/" className="inline-flex items-end gap-2.5 text-title leading-none text-ink inscribed">
      <svg aria-hidden="true" viewBox="0 0 20 20" className="size-5 text-accent">
        <path fill="currentColor" d="M6 0h8v10H6zM3 12h14v3H3zM0 17h20v3H0z" />
      </svg>
      Socle
    </Link>
  );
}
