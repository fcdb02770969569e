import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** What a state means for the person who reads it. */
export type Tone = 'good' | 'busy' | 'warn' | 'hold' | 'bad' | 'idle';

const TEXT: Readonly<Record<Tone, string>> = {
  good: 'text-good',
  busy: 'text-accent',
  warn: 'text-warn',
  hold: 'text-warn',
  bad: 'text-bad',
  idle: 'text-muted',
};

/** Each tone has a shape of its own, so that none depends on seeing its colour. */
const SHAPES: Readonly<Record<Tone, ReactNode>> = {
  good: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  busy: (
    <>
      <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.2" />
      <path d="M5 1.5a3.5 3.5 0 0 1 0 7z" fill="currentColor" />
    </>
  ),
  warn: <path d="M5 .8 9.6 9H.4z" fill="currentColor" />,
  hold: <path d="M2 1h2v8H2zM6 1h2v8H6z" fill="currentColor" />,
  bad: <path d="M1 1h8v8H1z" fill="currentColor" />,
  idle: <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.2" />,
};

interface StatusProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A state in a word, with its mark. */
export function Status({ tone, children, className }: StatusProps): ReactNode {
  return (
    <span className={classNames('inline-flex items-center gap-1.5 whitespace-nowrap', TEXT[tone], className)}>
      <svg
        aria-hidden="true"
        viewBox="0 0 10 10"
        className={classNames('size-2.5 shrink-0', tone === 'busy' && 'breathing')}
      >
        {SHAPES[tone]}
      </svg>
      {children}
    </span>
  );
}

/** A short tag: a port, a plan, a count. */
export function Badge({
  children,
  tone = 'idle',
}: {
  readonly children: ReactNode;
  readonly tone?: Tone;
}): ReactNode {
  return (
    <span
      className={classNames(
        'inline-flex h-5 items-center rounded-edge border border-line px-1.5 text-small whitespace-nowrap',
        tone === 'idle' ? 'text-ink-soft' : TEXT[tone],
      )}
    >
      {children}
    </span>
  );
}
