import type { ErrorCode, Fault, Text } from '@socle/kernel';

/** The console's HTTP API under `/api/v1/console`: types only, shared by server and console. */

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Hand back as `?cursor=`; absent on the last page. */
  readonly nextCursor?: string;
}

export type PlatformState = 'ready' | 'absent' | 'faulty';

/** GET /overview */
export interface Overview {
  readonly version: string;
  readonly startedAt: string;
  readonly database: {
    readonly kind: 'embedded' | 'external';
    readonly version: string;
    readonly sizeBytes: number;
  };
  readonly modules: readonly ModuleView[];
  readonly platforms: readonly {
    readonly id: string;
    readonly title: string;
    readonly state: PlatformState;
    readonly ports: readonly string[];
  }[];
  /** What feeds what, derived from webhooks, flows and their steps. */
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly label: string;
    readonly kind: 'webhook' | 'trigger' | 'call' | 'emit';
  }[];
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: 'platform' | 'event' | 'flow' | 'module';
    readonly title: Text;
  }[];
  readonly counts: {
    readonly deliveries24h: number;
    readonly events24h: number;
    readonly runs24h: number;
    readonly failedRuns: number;
    readonly parkedRuns: number;
  };
}

export interface ModuleView {
  readonly port: string;
  readonly title: Text;
  /** The first of the chain that answers now. */
  readonly adapter: string;
  readonly chain: readonly string[];
  readonly policy: 'fail' | 'next' | 'defer';
  readonly state: 'live' | 'embedded' | 'degraded';
  /** Evidence, not opinion: what was seen working. `percent` is done of all. */
  readonly progress: {
    readonly percent: number;
    readonly evidence: readonly { readonly text: Text; readonly done: boolean }[];
  };
  readonly calls24h: number;
  readonly errors24h: number;
}

/** GET /quotas → readonly QuotaView[] */
export interface QuotaView {
  readonly platform: string;
  readonly platformTitle: string;
  readonly plan: string;
  readonly onExceed: 'stop' | 'bill' | 'ban';
  readonly source: string;
  readonly checkedOn: string;
  readonly stale: boolean;
  readonly meter: string;
  readonly title: Text;
  readonly unit: Text;
  readonly window: string;
  readonly max: number;
  readonly used: number;
  /** Held for calls under way. */
  readonly reserved: number;
  readonly resetsAt: string | null;
  /** When the wall is hit at the present pace; null when it is not hit before the reset. */
  readonly wallAt: string | null;
}

export type DeliveryState = 'received' | 'processed' | 'failed' | 'ignored';
/** GET /deliveries?cursor=&platform=&state=&search= → Page<DeliveryView>; POST /deliveries/:id/replay → 202 */
export interface DeliveryView {
  readonly id: string;
  readonly platform: string;
  readonly deliveryId: string;
  readonly type: string;
  readonly state: DeliveryState;
  readonly receivedAt: string;
  readonly processedAt: string | null;
  readonly replays: number;
}
/** GET /deliveries/:id */
export interface DeliveryDetail extends DeliveryView {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly error: string | null;
  readonly events: readonly EventView[];
}

/** GET /events?cursor=&type=&search= → Page<EventView>; POST /events/:id/replay → 202 */
export interface EventView {
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string | null;
  readonly time: string;
  readonly data: unknown;
}
/** GET /events/:id */
export interface EventDetail extends EventView {
  readonly deliveryId: string | null;
  readonly runs: readonly RunView[];
}

/** GET /flows → readonly FlowView[] */
export interface FlowView {
  readonly id: string;
  readonly title: Text;
  readonly trigger:
    | { readonly kind: 'event'; readonly type: string }
    | { readonly kind: 'schedule'; readonly cron: string };
  readonly steps: readonly { readonly id: string; readonly title: Text; readonly uses: string | null }[];
  readonly emits: readonly string[];
  readonly counts: Readonly<Record<RunState, number>>;
}

export type RunState = 'waiting' | 'running' | 'deferred' | 'succeeded' | 'failed' | 'parked' | 'cancelled';
/**
 * GET /runs?cursor=&flow=&state= → Page<RunView>; POST /runs/:id/retry | /cancel → 202;
 * POST /runs/:id/resolve {stepId, outcome: 'happened' | 'did_not_happen'} → 202: a person's word on a parked step
 */
export interface RunView {
  readonly id: string;
  readonly flow: string;
  readonly state: RunState;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly attempts: number;
  readonly eventId: string | null;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}
/** GET /runs/:id */
export interface RunDetail extends RunView {
  readonly input: unknown;
  readonly steps: readonly {
    readonly id: string;
    readonly title: Text;
    readonly state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'parked';
    readonly attempts: number;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly input: unknown;
    readonly output: unknown;
    readonly error: { readonly code: ErrorCode; readonly message: string } | null;
  }[];
}

/** GET /mailbox?cursor=&search= → Page<MailView>; DELETE /mailbox/:id; POST /mailbox/:id/restore (undo) */
export interface MailView {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly receivedAt: string;
  readonly state: string;
  readonly attachmentCount: number;
}
/** GET /mailbox/:id; its HTML is shown in a sandboxed frame from GET /mailbox/:id/html (own strict CSP) */
export interface MailDetail extends MailView {
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly text: string | null;
  readonly hasHtml: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly sizeBytes: number;
  }[];
}

/** GET /settings → readonly PlatformSettings[]; PUT /settings/:platform {values} → PlatformSettings or 422 with faults */
export interface PlatformSettings {
  readonly id: string;
  readonly title: string;
  readonly summary: Text;
  readonly docs: string;
  readonly ports: readonly string[];
  readonly state: PlatformState;
  readonly faults: readonly Fault[];
  readonly fields: readonly {
    readonly name: string;
    readonly env: string;
    readonly title: Text;
    readonly help: Text;
    readonly secret: boolean;
    readonly required: boolean;
    readonly example: string | null;
    readonly isSet: boolean;
    /** Where the value comes from; the environment wins and cannot be changed here. */
    readonly origin: 'environment' | 'vault' | null;
    /** Never for secrets. */
    readonly value: string | null;
  }[];
  readonly webhookUrl: string | null;
}
/** PUT /settings/:platform; null removes the value, an absent name leaves it as it is */
export interface SettingsChange {
  readonly values: Readonly<Record<string, string | null>>;
}
/** POST /settings/:platform/test */
export type ConnectionTest =
  | { readonly ok: true; readonly durationMs: number }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** GET /live: server-sent events; each says what to fetch again. */
export interface LiveNotice {
  readonly topic: 'deliveries' | 'events' | 'runs' | 'quotas' | 'mailbox' | 'settings';
}
