/** A fact, as a CloudEvent 1.0 in structured JSON form (https://cloudevents.io). */
export interface CloudEvent<Data = unknown> {
  readonly specversion: '1.0';
  /** Unique per source: source + id is the deduplication key. */
  readonly id: string;
  /** `/platforms/stripe`, `/flows/payment-receipt`, `/kits/projects` */
  readonly source: string;
  /** noun.past, vendor-free: `payment.succeeded` */
  readonly type: string;
  /** When it happened at the source, ISO 8601 UTC. */
  readonly time: string;
  readonly subject?: string;
  readonly datacontenttype: 'application/json';
  readonly data: Data;
}

/** An event before its source and envelope are known: what adapters and flows hand in. */
export interface EventDraft<Data = unknown> {
  /** Stable: the same fact always gets the same id. */
  readonly id: string;
  readonly type: string;
  readonly time: Date;
  readonly subject?: string;
  readonly data: Data;
}

export function toCloudEvent<Data>(source: string, draft: EventDraft<Data>): CloudEvent<Data> {
  return {
    specversion: '1.0',
    id: draft.id,
    source,
    type: draft.type,
    time: draft.time.toISOString(),
    ...(draft.subject === undefined ? {} : { subject: draft.subject }),
    datacontenttype: 'application/json',
    data: draft.data,
  };
}
