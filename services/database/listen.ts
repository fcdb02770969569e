import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@socle/kernel';
import pg from 'pg';
import { toDatabaseError } from './errors.ts';

interface Subscriber {
  readonly onNotice: (payload: string) => void;
  readonly onReconnect?: (() => void) | undefined;
}

export interface Listener {
  listen(
    channel: string,
    onNotice: (payload: string) => void,
    onReconnect?: () => void,
  ): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** One connection for all channels of a process, opened with the first and kept alive until `close`. */
export function createListener({ url, log }: { url: string; log: Log }): Listener {
  const channels = new Map<string, Set<Subscriber>>();
  const closed = new AbortController();
  let connected: Promise<pg.Client> | undefined;

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'socle listen',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    client.on('notification', ({ channel, payload = '' }) => {
      for (const { onNotice } of channels.get(channel) ?? []) guarded(() => onNotice(payload));
    });
    client.on('error', () => undefined); // followed by `end`
    try {
      await client.connect();
      for (const channel of channels.keys()) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    client.on('end', () => void reconnect());
    return client;
  };

  const reconnect = async (): Promise<void> => {
    if (closed.signal.aborted) return;
    connected = retry();
    await connected.catch(() => undefined);
  };

  const retry = async (): Promise<pg.Client> => {
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 2000)) {
      try {
        const client = await connect();
        for (const subscribers of channels.values())
          for (const { onReconnect } of subscribers) guarded(() => onReconnect?.());
        return client;
      } catch (error) {
        log.debug({ err: error }, 'listening to the database failed; trying again');
        await delay(pauseMs, undefined, { signal: closed.signal });
      }
    }
  };

  const guarded = (notify: () => void): void => {
    try {
      notify();
    } catch (error) {
      log.error({ err: error }, 'a listener threw');
    }
  };

  return {
    listen: async (channel, onNotice, onReconnect) => {
      const subscriber: Subscriber = { onNotice, onReconnect };
      const subscribers = channels.get(channel) ?? new Set();
      channels.set(channel, subscribers.add(subscriber));
      try {
        connected ??= connect();
        const client = await connected;
        await client.query(`listen ${client.escapeIdentifier(channel)}`);
      } catch (error) {
        connected = undefined;
        subscribers.delete(subscriber);
        throw toDatabaseError(error, 'no');
      }
      return async () => {
        subscribers.delete(subscriber);
        if (subscribers.size > 0 || !channels.delete(channel) || closed.signal.aborted) return;
        const client = await connected?.catch(() => undefined);
        await client?.query(`unlisten ${client.escapeIdentifier(channel)}`).catch(() => undefined);
      };
    },
    close: async () => {
      closed.abort();
      const client = await connected?.catch(() => undefined);
      await client?.end().catch(() => undefined);
    },
  };
}
