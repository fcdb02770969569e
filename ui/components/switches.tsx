import type { Language } from '@socle/kernel';
import { Monitor, Moon, Sun } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { commonTexts } from '../texts/common.ts';
import { useSpeech } from '../texts/language.tsx';
import { classNames } from './class-names.ts';

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly {
    readonly value: Value;
    readonly name: string;
    readonly face: ReactNode;
    readonly lang?: string;
  }[];
  onPick(value: Value): void;
}

/** A few exclusive choices side by side. */
export function Choice<Value extends string>({
  label,
  value,
  options,
  onPick,
}: ChoiceProps<Value>): ReactNode {
  return (
    <fieldset className="inline-flex rounded-edge border border-line-strong">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          lang={option.lang}
          aria-label={option.name}
          aria-pressed={option.value === value}
          title={option.name}
          onClick={() => onPick(option.value)}
          className={classNames(
            'inline-flex h-7 min-w-8 items-center justify-center px-2 text-small font-[560]',
            option.value === value ? 'bg-ink text-ground' : 'text-ink-soft hover:bg-hover',
          )}
        >
          {option.face}
        </button>
      ))}
    </fieldset>
  );
}

export function LanguageSwitch(): ReactNode {
  const { t, language, choose } = useSpeech();
  return (
    <Choice<Language>
      label={t(commonTexts.language)}
      value={language}
      onPick={choose}
      options={[
        { value: 'en', name: 'EN, English', face: 'EN', lang: 'en' },
        { value: 'fr', name: 'FR, français', face: 'FR', lang: 'fr' },
      ]}
    />
  );
}

type Theme = 'system' | 'light' | 'dark';

export function ThemeSwitch(): ReactNode {
  const { t } = useSpeech();
  const [theme, setTheme] = useState<Theme>(() => {
    const set = document.documentElement.dataset.theme;
    return set === 'light' || set === 'dark' ? set : 'system';
  });
  const pick = (next: Theme): void => {
    setTheme(next);
    if (next === 'system') {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem('socle.theme');
    } else {
      document.documentElement.dataset.theme = next;
      localStorage.setItem('socle.theme', next);
    }
  };
  return (
    <Choice<Theme>
      label={t(commonTexts.theme)}
      value={theme}
      onPick={pick}
      options={[
        { value: 'system', name: t(commonTexts.themeSystem), face: <Monitor aria-hidden size={14} /> },
        { value: 'light', name: t(commonTexts.themeLight), face: <Sun aria-hidden size={14} /> },
        { value: 'dark', name: t(commonTexts.themeDark), face: <Moon aria-hidden size={14} /> },
      ]}
    />
  );
}
