import type { Fault } from '@socle/kernel';
import { Button, ErrorState, useSpeech, useToast } from '@socle/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { PlatformSettings, SettingsChange } from '../../../server/console/contract.ts';
import { ApiError, problemOf, send } from '../data/api.ts';
import { settingsTexts as texts } from '../texts/settings.ts';
import { SettingField } from './setting-field.tsx';

/** What was typed but not saved: a text, or null for "take it out". Fields left alone are absent. */
type Draft = SettingsChange['values'];

/** A platform's form, made from its settings schema. Secrets go in and never come out. */
export function SettingsForm({ platform }: { readonly platform: PlatformSettings }): ReactNode {
  const { t } = useSpeech();
  const toast = useToast();
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>({});
  const save = useMutation({
    mutationFn: () =>
      send<PlatformSettings>('PUT', `/settings/${encodeURIComponent(platform.id)}`, { values: draft }),
    onSuccess: async () => {
      setDraft({});
      toast({ text: t(texts.saved, { title: platform.title }) });
      await client.invalidateQueries();
    },
  });
  if (platform.fields.length === 0) return <p className="text-ink-soft">{t(texts.noFields)}</p>;

  const refused = save.error instanceof ApiError ? save.error.problem.faults : [];
  const faults = save.isError ? refused : platform.faults;
  const faultOf = (field: PlatformSettings['fields'][number]): Fault | undefined =>
    faults.find((fault) => fault.field === field.env || fault.field === field.name);
  const others = faults.filter((fault) => !platform.fields.some((field) => faultOf(field) === fault));
  const isDirty = Object.keys(draft).length > 0;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isDirty) save.mutate();
  };
  const change = (name: string, value: string | null | undefined): void => {
    save.reset();
    setDraft(({ [name]: _, ...rest }) => (value === undefined ? rest : { ...rest, [name]: value }));
  };
  return (
    <form onSubmit={submit} noValidate autoComplete="off" className="grid gap-6">
      {others.length > 0 && (
        <ul role="alert" className="border-l-2 border-bad pl-4 text-bad">
          {others.map((fault) => (
            <li key={fault.field}>
              <span className="mono">{fault.field}</span> {fault.problem} {fault.fix}
            </li>
          ))}
        </ul>
      )}
      {save.isError && refused.length === 0 && <ErrorState problem={problemOf(save.error)} />}
      {platform.fields.map((field) => (
        <SettingField
          key={field.name}
          field={field}
          fault={faultOf(field)}
          draft={draft[field.name]}
          onChange={(value) => change(field.name, value)}
        />
      ))}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" tone="primary" busy={save.isPending} disabled={!isDirty}>
          {t(texts.save)}
        </Button>
        {isDirty && (
          <>
            <Button tone="quiet" onClick={() => setDraft({})}>
              {t(texts.discard)}
            </Button>
            <span role="status" className="text-small text-muted">
              {t(texts.unsaved)}
            </span>
          </>
        )}
      </div>
    </form>
  );
}
