import type { Language } from '@socle/kernel';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { type Format, formatFor, type Translate, translator } from './message.ts';

interface Speech {
  readonly language: Language;
  readonly t: Translate;
  readonly format: Format;
  choose(language: Language): void;
}

const Context = createContext<Speech | undefined>(undefined);

/** Speaks the language on `<html lang>`, which boot.js sets before the first paint. */
export function LanguageProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState<Language>(() =>
    document.documentElement.lang === 'fr' ? 'fr' : 'en',
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo<Speech>(
    () => ({
      language,
      t: translator(language),
      format: formatFor(language),
      choose: (next) => {
        localStorage.setItem('socle.language', next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <Context value={speech}>{children}</Context>;
}

export function useSpeech(): Speech {
  const speech = useContext(Context);
  if (!speech) throw new Error('useSpeech needs a LanguageProvider above it');
  return speech;
}
