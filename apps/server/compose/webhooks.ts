import type { Host } from '@socle/kernel';
import type { InboundPlatform } from '@socle/service-inbox';
import type { Boot } from '@socle/service-settings';
import type { Redactor } from '@socle/service-telemetry';

interface Inbound {
  readonly boot: Boot;
  readonly publicBaseUrl: string;
  readonly hostFor: (platform: string) => Host;
  readonly redactor: Redactor;
}

/** A platform as the inbox needs it, with the secrets that are valid now; undefined while it is switched off. */
export async function inboundPlatform(
  id: string,
  { boot, publicBaseUrl, hostFor, redactor }: Inbound,
): Promise<InboundPlatform | undefined> {
  const configured = boot.platforms.get(id);
  const webhook = configured?.platform.webhook;
  if (!webhook || configured.result.state !== 'ready') return undefined;
  const secrets = await webhook.secrets(configured.result.value, hostFor(id));
  // The embedded platform's own is in no setting.
  redactor.update(secrets);
  return {
    webhook,
    secrets,
    publicUrl: `${publicBaseUrl}/webhook/${id}`,
  };
}
