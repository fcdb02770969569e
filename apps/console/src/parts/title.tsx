import { useSpeech } from '@socle/ui';
import type { ReactNode } from 'react';
import { shellTexts } from '../texts/shell.ts';

/** Names the page in the browser's tab and history. */
export function Title({ section }: { readonly section: string }): ReactNode {
  const { t } = useSpeech();
  const name = section === '' ? 'overview' : section;
  const text = name in shellTexts ? shellTexts[name as 'overview'] : shellTexts.notFoundTitle;
  return <title>{`${t(text)} · Socle`}</title>;
}
