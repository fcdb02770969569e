import { Search } from 'lucide-react';
import { type ComponentProps, type ReactNode, useEffect, useId, useState } from 'react';
import { commonTexts } from '../texts/common.ts';
import { useSpeech } from '../texts/language.tsx';
import { classNames } from './class-names.ts';

const CONTROL = classNames(
  'h-8 w-full rounded-edge border border-line-strong bg-raised px-2.5 text-ink placeholder:text-muted',
  'transition-colors hover:border-ink-soft aria-invalid:border-bad aria-invalid:bg-bad-wash',
  '[&[readonly]]:bg-sunken disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted',
);

interface FieldProps {
  readonly label: string;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  readonly required?: boolean;
  /** Beside the label: the environment name, an origin. */
  readonly aside?: ReactNode;
  readonly children: (control: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': boolean;
    readonly 'aria-required': boolean;
  }) => ReactNode;
}

/** A control with its label, its help and what is wrong with it. */
export function Field({ label, help, error, required = false, aside, children }: FieldProps): ReactNode {
  const id = useId();
  const { t } = useSpeech();
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="grid gap-1.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <label htmlFor={id} className="font-[560]">
          {label}
          {required && ' '}
          {required && (
            <span className="ml-1 text-small font-normal text-muted">{t(commonTexts.required)}</span>
          )}
        </label>
        {aside && <span className="text-small text-muted">{aside}</span>}
      </div>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': Boolean(error),
        'aria-required': required,
      })}
      {help && (
        <div id={`${id}-help`} className="text-small text-pretty text-muted">
          {help}
        </div>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-small font-[560] text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

export function Input({ className, ...rest }: ComponentProps<'input'>): ReactNode {
  return <input {...rest} className={classNames(CONTROL, className)} />;
}

interface SelectProps extends Omit<ComponentProps<'select'>, 'onChange'> {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  onPick(value: string): void;
}

/** The browser's own list: it works on a phone, with a keyboard and under every CSP. */
export function Select({ options, onPick, className, ...rest }: SelectProps): ReactNode {
  return (
    <select
      {...rest}
      className={classNames(CONTROL, 'pr-1', className)}
      onChange={(event) => onPick(event.target.value)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

interface CheckboxProps {
  readonly label: string;
  readonly checked: boolean;
  onToggle(checked: boolean): void;
}

export function Checkbox({ label, checked, onToggle }: CheckboxProps): ReactNode {
  return (
    <label className="inline-flex min-h-8 items-center gap-2">
      <input
        type="checkbox"
        className="size-4 accent-accent-fill"
        checked={checked}
        onChange={(event) => onToggle(event.target.checked)}
      />
      {label}
    </label>
  );
}

interface SearchInputProps {
  readonly label: string;
  readonly value: string;
  /** Called once typing pauses. */
  onSearch(value: string): void;
}

const PAUSE_MS = 250;

export function SearchInput({ label, value, onSearch }: SearchInputProps): ReactNode {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  useEffect(() => {
    if (draft === value) return;
    const timer = setTimeout(() => onSearch(draft), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft, value, onSearch]);
  return (
    <div className="relative min-w-40 flex-1">
      <Search aria-hidden size={14} className="pointer-events-none absolute top-2.25 left-2.5 text-muted" />
      <Input
        type="search"
        aria-label={label}
        placeholder={label}
        value={draft}
        className="pl-8"
        onChange={(event) => setDraft(event.target.value)}
      />
    </div>
  );
}
