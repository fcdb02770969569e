import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

export type ButtonTone = 'primary' | 'plain' | 'quiet' | 'danger';

const TONES: Readonly<Record<ButtonTone, string>> = {
  primary: 'bg-accent-fill text-on-accent border-accent-fill enabled:hover:bg-accent-fill-hover',
  plain: 'bg-raised text-ink border-line-strong hover:bg-hover',
  quiet: 'bg-transparent text-ink-soft border-transparent hover:bg-hover hover:text-ink',
  danger: 'bg-bad-fill text-on-accent border-bad-fill enabled:hover:brightness-110',
};

/** The look of a button, for links that act like one. */
export function buttonClass(tone: ButtonTone = 'plain'): string {
  return classNames(
    'inline-flex h-8 shrink-0 items-center justify-center gap-2 rounded-edge border px-3 font-[560] whitespace-nowrap',
    'transition-colors disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:opacity-55',
    TONES[tone],
  );
}

interface ButtonProps extends ComponentProps<'button'> {
  readonly tone?: ButtonTone;
  readonly icon?: LucideIcon;
  /** Shows that the action is under way, and keeps it from being started twice. */
  readonly busy?: boolean;
}

export function Button({
  tone = 'plain',
  icon: Icon,
  busy = false,
  className,
  children,
  ...rest
}: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(buttonClass(tone), className)}
      disabled={busy || rest.disabled}
      aria-busy={busy}
    >
      {Icon && <Icon aria-hidden size={14} className={busy ? 'breathing' : ''} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  readonly label: string;
  readonly icon: LucideIcon;
  /** Off inside dialogs: a tooltip would lie beneath them, and take the Escape that is meant for them. */
  readonly hasTooltip?: boolean;
}

/** A button that shows an icon and says its name. */
export function IconButton({
  label,
  icon: Icon,
  hasTooltip = true,
  className,
  ...rest
}: IconButtonProps): ReactNode {
  const button = (
    <button
      type="button"
      aria-label={label}
      {...rest}
      className={classNames(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-edge text-ink-soft transition-colors',
        'hover:bg-hover hover:text-ink disabled:cursor-not-allowed disabled:opacity-55',
        className,
      )}
    >
      <Icon aria-hidden size={16} />
    </button>
  );
  return hasTooltip ? <Tooltip text={label}>{button}</Tooltip> : button;
}
