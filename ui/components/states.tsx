import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { commonTexts } from '../texts/common.ts';
import { errorTexts } from '../texts/errors.ts';
import { useSpeech } from '../texts/language.tsx';
import { Button } from './button.tsx';
import { CodeBlock } from './code.tsx';
import type { Problem } from './problem.ts';

interface EmptyStateProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** The command that makes the first of these appear. */
  readonly command?: string;
}

/** Says what would stand here, and how to bring it about. */
export function EmptyState({ title, children, command }: EmptyStateProps): ReactNode {
  return (
    <div className="grid max-w-2xl grid-cols-[minmax(0,1fr)] gap-3 border-l-2 border-line-strong py-2 pl-5">
      <h2 className="text-lead font-[620]">{title}</h2>
      {children && <div className="max-w-prose text-ink-soft">{children}</div>}
      {command && <CodeBlock code={command} />}
    </div>
  );
}

interface ErrorStateProps {
  readonly problem: Problem;
  onRetry?(): void;
}

/** A failure in a sentence, with what the server said beneath it. */
export function ErrorState({ problem, onRetry }: ErrorStateProps): ReactNode {
  const { t } = useSpeech();
  return (
    <div role="alert" className="grid max-w-2xl justify-items-start gap-2 border-l-2 border-bad py-2 pl-5">
      <p className="text-lead font-[620] text-bad">{t(errorTexts[problem.code])}</p>
      {problem.detail && <p className="mono break-words text-ink-soft">{problem.detail}</p>}
      {onRetry && (
        <Button icon={RotateCw} onClick={onRetry} className="mt-1">
          {t(commonTexts.retry)}
        </Button>
      )}
    </div>
  );
}

/** Keeps the place of lines that are on their way. */
export function Skeleton({ lines = 6 }: { readonly lines?: number }): ReactNode {
  const { t } = useSpeech();
  return (
    <div role="status" aria-label={t(commonTexts.loading)} className="grid gap-3 py-2">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines without identity
        <div key={line} className="breathing h-4 bg-line" style={{ width: `${92 - ((line * 37) % 48)}%` }} />
      ))}
    </div>
  );
}
