import type { z } from 'zod';
import type { Call, Host } from './call.ts';
import type { SocleError } from './error.ts';
import type { EventDraft } from './event.ts';
import type { Plan } from './plan.ts';
import type { CapabilityOf, Port, PortOf } from './port.ts';
import type { Text } from './text.ts';
import type { HeaderMap, WebhookScheme } from './webhook/scheme.ts';

/**
 * What repeating a call does: `native` (the vendor takes an idempotency key), `natural` (own id or upsert),
 * `none` (at most one visible effect, or parked as `outcome_unknown`).
 */
export type Guarantee = 'native' | 'natural' | 'none';

/** A platform's implementation of one port. The module behind `load` may import the vendor's SDK. */
export interface Adapter<P extends Port = Port, Settings = never> {
  readonly port: P;
  readonly capabilities: readonly CapabilityOf<P>[];
  /** Of each writing operation; `native` vendors forget keys after `nativeKeyHours`. */
  readonly guarantees: Readonly<Partial<Record<keyof P['operations'] & string, Guarantee>>>;
  readonly nativeKeyHours?: number;
  load(): Promise<{ create(settings: Settings, host: Host): PortOf<P> & { close?(): Promise<void> } }>;
}

/** Operations by name, their types known only through the port's schemas. */
export type AnyPort = Readonly<Record<string, (input: unknown, call: Call) => Promise<unknown>>> & {
  close?(): Promise<void>;
};

/** An adapter among those of other ports. */
export interface AnyAdapter<Settings> {
  readonly port: Port;
  readonly capabilities: readonly string[];
  readonly guarantees: Readonly<Record<string, Guarantee | undefined>>;
  readonly nativeKeyHours?: number;
  load(): Promise<{ create(settings: Settings, host: Host): AnyPort }>;
}

export interface Delivery {
  readonly headers: HeaderMap;
  readonly body: unknown;
}

export interface Webhook<Settings> {
  /** Tried in order; the first whose headers are present decides. */
  readonly schemes: readonly WebhookScheme[];
  /**
   * Valid signing secrets, the newest first; several while one is rotated. Empty: deliveries are refused.
   * `host` is for the embedded platform, which keeps its own secret in its database.
   */
  secrets(settings: Settings, host: Host): readonly string[] | Promise<readonly string[]>;
  /** Same over retries of one delivery, different between deliveries (platform-facts §2). */
  deliveryId(delivery: Delivery): string | undefined;
  /** The vendor's own event name, for lists and search. */
  eventType(delivery: Delivery): string;
  /** Vendor-free facts; none for an event type that means nothing here. */
  toEvents(delivery: Delivery): readonly EventDraft[];
  readonly maxBytes?: number;
  /** Answers `HEAD` with 200 when the vendor probes the URL so (Trello). */
  readonly answersHead?: boolean;
}

/** One capability check of `socle audit`, run against the fake or live. */
export interface AuditCheck<Settings> {
  readonly id: string;
  readonly title: Text;
  /** Throws when the capability is not there. Removes what it made. */
  run(settings: Settings, adapters: AuditAdapters): Promise<void>;
}

/** Gives an audit check the adapter of a port, behind the same pipeline as the application's. */
export type AuditAdapters = <P extends Port>(port: P) => PortOf<P>;

/** A local HTTP server that behaves as the platform documents. Test and offline equipment only. */
export interface Fake {
  readonly url: string;
  /** Settings (by env name) that make the real adapter talk to this fake. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface FakeOptions {
  readonly port?: number;
  /** Where the fake posts its signed webhooks; none when absent. */
  readonly webhookUrl?: string;
  readonly now?: () => Date;
}

/** Work that the platform must do now and then (redeliver, expire), in every process that answers HTTP: repeatable, and safe side by side. */
export interface Upkeep<Settings> {
  readonly everySeconds: number;
  run(settings: Settings, host: Host, signal: AbortSignal): Promise<void>;
}

/** One external service, or `embedded`: one folder, one credential set, one quota plan, one webhook scheme. */
export interface Platform<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string;
  readonly title: string;
  readonly summary: Text;
  readonly docs: string;
  readonly settings: Schema;
  /** `host` or `host:port` that this platform may reach, base-URL override included. */
  hosts(settings: z.output<Schema>): readonly string[];
  /** The first is assumed unless `<PLATFORM>_PLAN` names another. */
  readonly plans: readonly Plan[];
  readonly adapters: readonly AnyAdapter<z.output<Schema>>[];
  readonly webhook?: Webhook<z.output<Schema>>;
  /** Cheapest authenticated read: backs "Test connection" and `socle doctor`. */
  verify(settings: z.output<Schema>, host: Host, signal: AbortSignal): Promise<void>;
  /** Pure and total: any thrown value becomes exactly one SocleError. */
  toError(thrown: unknown): SocleError;
  readonly loadAudit?: () => Promise<{ checks: readonly AuditCheck<z.output<Schema>>[] }>;
  readonly loadFake?: () => Promise<{ startFake(options?: FakeOptions): Promise<Fake> }>;
  /** Pages of the platform itself (embedded checkout, signed file URLs), mounted at `/<platform id>/…`. */
  readonly loadPages?: () => Promise<{
    createPages(settings: z.output<Schema>, host: Host): (request: Request) => Promise<Response>;
  }>;
  readonly loadUpkeep?: () => Promise<{ upkeep: readonly Upkeep<z.output<Schema>>[] }>;
}

export function definePlatform<Schema extends z.ZodObject>(platform: Platform<Schema>): Platform<Schema> {
  return platform;
}

/** Declares an adapter, checked against its port's exact types, then at home in a list of any. */
export function defineAdapter<P extends Port, Settings>(adapter: Adapter<P, Settings>): AnyAdapter<Settings> {
  return adapter as unknown as AnyAdapter<Settings>;
}
