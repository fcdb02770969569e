import type { CoreSettings, Values } from '@socle/service-settings';

/** Destinations of this process that belong to no platform: its database, its own server, its trace collector. */
export interface Grants {
  add(url: string): void;
  allows(host: string, port: number): boolean;
}

const PORTS: Readonly<Record<string, number>> = {
  'postgres:': 5432,
  'postgresql:': 5432,
  'https:': 443,
  'http:': 80,
};

export function createGrants(core: CoreSettings, env: Values): Grants {
  const granted = new Set<string>();
  const add = (url: string): void => {
    if (!URL.canParse(url)) return;
    const { hostname, protocol, port, searchParams } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    granted.add(`${host}:${port || PORTS[protocol]}`);
    // postgres:///db?host=/var/run/postgresql
    const socket = searchParams.get('host');
    if (socket) granted.add(`unix:${socket}`);
  };
  if (core.databaseUrl) add(core.databaseUrl);
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT) add(env.OTEL_EXPORTER_OTLP_ENDPOINT);
  return {
    add,
    allows: (host, port) =>
      granted.has(`${host}:${port}`) ||
      (port === 0 && [...granted].some((one) => one.startsWith('unix:') && host.startsWith(one))),
  };
}
