import { join } from 'node:path';
import { type Host, SocleError, systemClock } from '@socle/kernel';
import type { Database } from '@socle/service-database';
import type { Egress } from '@socle/service-egress';
import type { Telemetry } from '@socle/service-telemetry';

/** The platform that stands on this machine itself. */
export const EMBEDDED = 'embedded';

export interface Addresses {
  /** Where browsers and vendors reach this server, without trailing slash. */
  readonly publicBaseUrl: string;
  /** Where this process reaches its own server. */
  readonly selfBaseUrl: string;
}

interface HostOptions {
  readonly egress: Egress;
  readonly telemetry: Telemetry;
  readonly database: Database;
  readonly addresses: Addresses;
}

/** What adapters may touch; the machine itself only for the embedded platform. */
export function createHosts({
  egress,
  telemetry,
  database,
  addresses,
}: HostOptions): (platform: string) => Host {
  return (platform) => ({
    fetch: egress.fetchFor(platform),
    connect: egress.connectFor(platform),
    clock: systemClock,
    log: telemetry.log,
    local() {
      if (platform !== EMBEDDED)
        throw new SocleError('misconfigured', `${platform} may not touch this machine`, { applied: 'no' });
      return {
        sql: database.sql,
        listen: (channel, onNotice) => database.listen(channel, onNotice),
        filesDir: join(database.home, 'files'),
        ...addresses,
      };
    },
  });
}
