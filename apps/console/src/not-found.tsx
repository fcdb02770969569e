import { buttonClass, PageHeader, useSpeech } from '@socle/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { shellTexts } from './texts/shell.ts';

export function NotFound(): ReactNode {
  const { t } = useSpeech();
  return (
    <>
      <PageHeader title={t(shellTexts.notFoundTitle)} lead={t(shellTexts.notFoundLead)} />
      <Link to="/" className={buttonClass('primary')}>
        {t(shellTexts.backToOverview)}
      </Link>
    </>
  );
}
