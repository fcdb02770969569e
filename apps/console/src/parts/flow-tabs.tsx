import { buttonClass, useSpeech } from '@socle/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { shellTexts } from '../texts/shell.ts';

/** Flows and their runs are two views of one matter. */
export function FlowTabs(): ReactNode {
  const { t } = useSpeech();
  const marked = { className: `${buttonClass('plain')} border-ink font-[640]` };
  const unmarked = { className: buttonClass('quiet') };
  return (
    <nav aria-label={t(shellTexts.flows)} className="flex gap-1">
      <Link to="/flows" activeProps={marked} inactiveProps={unmarked}>
        {t(shellTexts.flows)}
      </Link>
      <Link to="/runs" activeProps={marked} inactiveProps={unmarked} activeOptions={{ includeSearch: false }}>
        {t(shellTexts.runs)}
      </Link>
    </nav>
  );
}
