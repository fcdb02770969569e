import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { commonTexts } from '../texts/common.ts';
import { useSpeech } from '../texts/language.tsx';
import { Button, type ButtonTone, IconButton } from './button.tsx';
import { classNames } from './class-names.ts';

interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  /** `sheet` comes from the left and fills the height. */
  readonly shape?: 'centre' | 'sheet';
  readonly children: ReactNode;
  onClose(): void;
}

const SHAPES = {
  centre: 'm-auto w-[min(32rem,calc(100vw-2rem))] max-h-[calc(100dvh-4rem)]',
  sheet: 'm-0 h-dvh w-[min(18rem,calc(100vw-3rem))] border-y-0 border-l-0',
} as const;

/**
 * The browser's own `<dialog>`: focus trap, Escape, inert background and top layer without a script of ours,
 * and without the style elements that libraries add and our CSP forbids.
 */
export function Dialog({ title, open, shape = 'centre', children, onClose }: DialogProps): ReactNode {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  const { t } = useSpeech();
  useEffect(() => {
    const dialog = element.current;
    if (open && dialog && !dialog.open) dialog.showModal();
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; the click is one on the backdrop
    <dialog
      ref={element}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
      className={classNames(
        'border border-line-strong bg-raised p-0 shadow-float open:reveal',
        SHAPES[shape],
      )}
    >
      {open && (
        <div className="flex h-full flex-col">
          <header className="flex items-center justify-between gap-4 border-b border-line py-2 pr-2 pl-5">
            <h2 id={id} className="text-lead inscribed">
              {title}
            </h2>
            <IconButton label={t(commonTexts.close)} icon={X} hasTooltip={false} onClick={onClose} />
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  /** What will happen, in full sentences. */
  readonly consequence: ReactNode;
  readonly action: string;
  readonly tone?: ButtonTone;
  readonly open: boolean;
  onClose(): void;
  /** Resolves when it is done; the dialog then closes. */
  onConfirm(): Promise<unknown>;
}

/** Asks before something that a person may regret, and says what it means. */
export function Confirm({ tone = 'primary', open, onClose, onConfirm, ...told }: ConfirmProps): ReactNode {
  const { t } = useSpeech();
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    try {
      await onConfirm();
    } finally {
      setBusy(false);
      onClose();
    }
  };
  return (
    <Dialog title={told.title} open={open} onClose={onClose}>
      <div className="grid gap-2 p-5 text-ink-soft">{told.consequence}</div>
      <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
        <Button onClick={onClose}>{t(commonTexts.cancel)}</Button>
        <Button tone={tone} busy={busy} onClick={() => void confirm()}>
          {told.action}
        </Button>
      </footer>
    </Dialog>
  );
}
