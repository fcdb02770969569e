import { Check, Copy } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { commonTexts } from '../texts/common.ts';
import { useSpeech } from '../texts/language.tsx';
import { IconButton } from './button.tsx';

const THANKS_MS = 1600;

/** Copies a text and says that it did. */
export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }): ReactNode {
  const { t } = useSpeech();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), THANKS_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      label={copied ? t(commonTexts.copied) : (label ?? t(commonTexts.copy))}
      icon={copied ? Check : Copy}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    />
  );
}

/** A command or a text to be taken as it is. */
export function CodeBlock({ code, label }: { readonly code: string; readonly label?: string }): ReactNode {
  const { t } = useSpeech();
  return (
    <Scrolling label={label ?? t(commonTexts.code)} text={code}>
      <pre>{code}</pre>
    </Scrolling>
  );
}

interface ScrollingProps {
  readonly label: string;
  readonly text: string;
  readonly children: ReactNode;
}

function Scrolling({ label, text, children }: ScrollingProps): ReactNode {
  return (
    <div className="relative border border-line bg-sunken">
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="mono max-h-96 overflow-auto py-2 pr-11 pl-3 leading-5"
      >
        {children}
      </section>
      <div className="absolute top-0.5 right-0.5 bg-sunken">
        <CopyButton text={text} />
      </div>
    </div>
  );
}

interface JsonProps {
  readonly value: unknown;
  readonly label: string;
  /** Levels that start open. */
  readonly depth?: number;
}

/** Any JSON, each level of it collapsible by mouse and keyboard. */
export function Json({ value, label, depth = 2 }: JsonProps): ReactNode {
  return (
    <Scrolling label={label} text={JSON.stringify(value, undefined, 2) ?? ''}>
      <JsonNode value={value} depth={depth} />
    </Scrolling>
  );
}

interface NodeProps {
  readonly name?: string;
  readonly value: unknown;
  readonly depth: number;
}

function JsonNode({ name, value, depth }: NodeProps): ReactNode {
  const { t } = useSpeech();
  const key = name !== undefined && <span className="text-muted">{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <div className="pl-4 break-all">
        {key}
        <JsonLeaf value={value} />
      </div>
    );
  }
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) {
    return (
      <div className="pl-4">
        {key}
        {open}
        {close}
      </div>
    );
  }
  return (
    <details open={depth > 0}>
      <summary className="list-none">
        <span aria-hidden className="inline-block w-4 text-muted in-[details[open]>summary]:hidden">
          +
        </span>
        <span aria-hidden className="hidden w-4 text-muted in-[details[open]>summary]:inline-block">
          −
        </span>
        {key}
        {open}
        <span className="text-muted in-[details[open]>summary]:hidden">
          {' '}
          {t(commonTexts.items, { count: entries.length })} {close}
        </span>
      </summary>
      <div className="ml-1.5 border-l border-line pl-2">
        {entries.map(([child, inner]) => (
          <JsonNode key={child} name={child} value={inner} depth={depth - 1} />
        ))}
      </div>
      <div className="pl-4">{close}</div>
    </details>
  );
}

/** Longer texts show their beginning, and the rest on demand. */
const LONG = 160;

function JsonLeaf({ value }: { readonly value: unknown }): ReactNode {
  if (typeof value === 'number') return <span className="text-accent">{String(value)}</span>;
  if (typeof value !== 'string') return <span className="text-warn">{String(value)}</span>;
  if (value.length <= LONG) return <span className="text-good">{JSON.stringify(value)}</span>;
  return (
    <details className="inline text-good">
      <summary className="inline list-none underline decoration-dotted underline-offset-4">
        {JSON.stringify(value.slice(0, LONG / 2)).slice(0, -1)}…
      </summary>
      <span className="block border-l border-line pl-2 whitespace-pre-wrap">{value}</span>
    </details>
  );
}
