import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { LiveNotice } from '../../../server/console/contract.ts';
import { apiUrl } from './api.ts';
import type { Subject } from './queries.ts';

export type LiveState = 'connecting' | 'live' | 'reconnecting';

/** What has to be fetched again when something of a topic changed. */
const AFFECTED: Readonly<Record<LiveNotice['topic'], readonly Subject[]>> = {
  deliveries: ['deliveries', 'overview'],
  events: ['events', 'deliveries', 'overview'],
  runs: ['runs', 'flows', 'events', 'overview'],
  quotas: ['quotas', 'overview'],
  mailbox: ['mailbox', 'overview'],
  settings: ['settings', 'quotas', 'overview'],
};

/** Thousands of notices a second become a few fetches. */
const GATHER_MS = 300;
const RECONNECT_MS = 2000;

/** Follows the server, and fetches again what it says has changed: everything, after a gap in the line. */
export function useLive(): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  useEffect(() => {
    const stale = new Set<Subject>();
    let gathering: ReturnType<typeof setTimeout> | undefined;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    let source: EventSource | undefined;
    let hadGap = false;

    const refresh = (): void => {
      gathering = undefined;
      for (const subject of stale) void client.invalidateQueries({ queryKey: [subject] });
      stale.clear();
    };
    const connect = (): void => {
      source = new EventSource(apiUrl('/live'));
      source.onopen = () => {
        setState('live');
        if (hadGap) void client.invalidateQueries();
        hadGap = false;
      };
      source.onmessage = (message) => {
        const { topic } = JSON.parse(message.data) as LiveNotice;
        for (const subject of AFFECTED[topic] ?? []) stale.add(subject);
        gathering ??= setTimeout(refresh, GATHER_MS);
      };
      source.onerror = () => {
        hadGap = true;
        setState('reconnecting');
        // A browser gives up for good when the answer is an HTTP error.
        if (source?.readyState === EventSource.CLOSED) waiting = setTimeout(connect, RECONNECT_MS);
      };
    };
    connect();
    return () => {
      source?.close();
      clearTimeout(gathering);
      clearTimeout(waiting);
    };
  }, [client]);
  return state;
}
