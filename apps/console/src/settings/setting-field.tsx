import type { Fault } from '@socle/kernel';
import { Button, Field, IconButton, Input, useSpeech } from '@socle/ui';
import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PlatformSettings } from '../../../server/console/contract.ts';
import { settingsTexts as texts } from '../texts/settings.ts';

interface SettingFieldProps {
  readonly field: PlatformSettings['fields'][number];
  readonly fault: Fault | undefined;
  /** Typed text, null for removal, undefined for untouched. */
  readonly draft: string | null | undefined;
  onChange(value: string | null | undefined): void;
}

/** One setting: where its value comes from, what it is for, what is wrong with it. */
export function SettingField({ field, fault, draft, onChange }: SettingFieldProps): ReactNode {
  const { t } = useSpeech();
  const isFixed = field.origin === 'environment';
  const origins = { environment: texts.fromEnvironment, vault: texts.fromVault } as const;
  const origin = t(field.origin ? origins[field.origin] : texts.unset);
  const example = field.example === null ? '' : t(texts.example, { example: field.example });
  const help = (
    <>
      <p>{t(field.help)}</p>
      {isFixed && <p className="text-ink-soft">{t(texts.environmentMeans, { env: field.env })}</p>}
      {!isFixed && field.secret && field.isSet && <p className="text-ink-soft">{t(texts.secretKept)}</p>}
      {!isFixed && example && <p className="break-all">{example}</p>}
    </>
  );
  const typed = draft ?? '';
  const shown = draft === undefined ? (field.value ?? '') : typed;
  return (
    <Field
      label={t(field.title)}
      help={help}
      required={field.required}
      error={fault && t(texts.fault, { title: t(field.title), problem: fault.problem })}
      aside={
        <>
          <span className="mono">{field.env}</span> · {origin}
        </>
      }
    >
      {(control) => (
        <div className="flex gap-1">
          <Input
            {...control}
            type={field.secret ? 'password' : 'text'}
            autoComplete={field.secret ? 'new-password' : 'off'}
            spellCheck={false}
            readOnly={isFixed}
            disabled={draft === null}
            value={field.secret ? typed : shown}
            placeholder={field.secret && field.isSet ? '••••••••••••' : undefined}
            className="mono"
            onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
          />
          {draft === null && (
            <Button onClick={() => onChange(undefined)} title={t(texts.willClear)}>
              {t(texts.keep)}
            </Button>
          )}
          {draft !== null && !isFixed && field.isSet && (
            <IconButton
              label={t(texts.clear, { title: t(field.title) })}
              icon={Trash2}
              onClick={() => onChange(null)}
            />
          )}
        </div>
      )}
    </Field>
  );
}
