import { Button, ErrorState, Status, useSpeech } from '@socle/ui';
import { useMutation } from '@tanstack/react-query';
import { PlugZap } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ConnectionTest, PlatformSettings } from '../../../server/console/contract.ts';
import { problemOf, send } from '../data/api.ts';
import { settingsTexts as texts } from '../texts/settings.ts';

/** Asks the platform itself whether the saved settings are good. */
export function ConnectionCheck({ platform }: { readonly platform: PlatformSettings }): ReactNode {
  const { t, format } = useSpeech();
  const check = useMutation({
    mutationFn: () => send<ConnectionTest>('POST', `/settings/${encodeURIComponent(platform.id)}/test`),
  });
  const result = check.data;
  return (
    <div className="grid justify-items-start gap-3">
      <p className="text-small text-muted">{t(texts.connectionHelp)}</p>
      <Button
        icon={PlugZap}
        busy={check.isPending}
        disabled={platform.state !== 'ready'}
        onClick={() => check.mutate()}
      >
        {t(texts.test)}
      </Button>
      <div aria-live="polite">
        {result?.ok && (
          <Status tone="good">{t(texts.testGood, { duration: format.duration(result.durationMs) })}</Status>
        )}
        {result?.ok === false && (
          <ErrorState problem={{ code: result.code, status: 200, detail: result.message, faults: [] }} />
        )}
        {check.isError && <ErrorState problem={problemOf(check.error)} />}
      </div>
    </div>
  );
}
