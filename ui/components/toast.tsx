import { X } from 'lucide-react';
import { Toast as Primitive } from 'radix-ui';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import { commonTexts } from '../texts/common.ts';
import { useSpeech } from '../texts/language.tsx';
import { IconButton } from './button.tsx';
import { classNames } from './class-names.ts';

export interface ToastMessage {
  readonly text: string;
  readonly tone?: 'plain' | 'bad';
  /** Offered as long as the toast stays. */
  readonly undo?: () => void;
}

const Context = createContext<(message: ToastMessage) => void>(() => {});
const STAY_MS = 7000;

/** Tells of something that just happened: `useToast()({ text, undo })`. */
export function useToast(): (message: ToastMessage) => void {
  return useContext(Context);
}

export function ToastProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const { t } = useSpeech();
  const [shown, setShown] = useState<readonly (ToastMessage & { readonly id: number })[]>([]);
  const show = useCallback((message: ToastMessage) => {
    setShown((before) => [...before.slice(-2), { ...message, id: (before.at(-1)?.id ?? 0) + 1 }]);
  }, []);
  const drop = (id: number): void => setShown((before) => before.filter((one) => one.id !== id));
  return (
    <Context value={show}>
      <Primitive.Provider duration={STAY_MS} label={t(commonTexts.notifications)}>
        {children}
        {shown.map(({ id, text, tone, undo }) => (
          <Primitive.Root
            key={id}
            onOpenChange={(open) => !open && drop(id)}
            className={classNames(
              'reveal flex items-center gap-3 rounded-edge border bg-raised py-1 pr-1 pl-4 shadow-float',
              tone === 'bad' ? 'border-bad' : 'border-line-strong',
            )}
          >
            <Primitive.Title className={classNames('flex-1 py-1.5', tone === 'bad' && 'text-bad')}>
              {text}
            </Primitive.Title>
            {undo && (
              <Primitive.Action
                altText={t(commonTexts.undo)}
                className="h-8 px-2 font-[620] text-accent underline underline-offset-4"
                onClick={undo}
              >
                {t(commonTexts.undo)}
              </Primitive.Action>
            )}
            <IconButton label={t(commonTexts.close)} icon={X} onClick={() => drop(id)} />
          </Primitive.Root>
        ))}
        <Primitive.Viewport className="fixed right-4 bottom-4 z-50 grid w-[min(26rem,calc(100vw-2rem))] gap-2" />
      </Primitive.Provider>
    </Context>
  );
}
