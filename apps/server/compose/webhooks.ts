import type { Host } from '@socle/kernel';
import type { InboundPlatform } from '@socle/service-inbox';
import type { Boot } from '@socle/service-settings';

interface Inbound {
  readonly boot: Boot;
  readonly publicBaseUrl: string;
  readonly hostFor: (platform: string) => Host;
}

/** A platform as the inbox needs it, with the secrets that are valid now; undefined while it is switched off. */
export async function inboundPlatform(
  id: string,
  { boot, publicBaseUrl, hostFor }: Inbound,
): Promise<InboundPlatform | undefined> {
  const configured = boot.platforms.get(id);
  const webhook = configured?.platform.webhook;
  if (!webhook || configured.result.state !== 'ready') return undefined;
  return {
    webhook,
    secrets: await webhook.secrets(configured.result.value, hostFor(id)),
    publicUrl: `${publicBaseUrl}/webhook/${id}`,
  };
}
