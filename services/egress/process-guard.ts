import dgram from 'node:dgram';
import { Socket } from 'node:net';
import { type Log, SocleError } from '@socle/kernel';
import { watchNames } from './resolved-names.ts';

export interface ProcessGuardOptions {
  /** `host` as the caller wrote it. A unix socket is asked for as `unix:<path>`, port 0. */
  allow(host: string, port: number): boolean;
  readonly log: Log;
}

type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Refuses every socket of this process that `allow` does not grant, whoever opens it (`node:http`, `tls`, the
 * global fetch, a vendor's SDK), before its name is resolved. Granted per destination, not per caller: it is
 * a net under adapters that forget egress, no sandbox for hostile code. Returns the way out.
 */
export function guardProcess(options: ProcessGuardOptions): () => void {
  const names = watchNames();
  const isGranted = (host: string, port: number): boolean =>
    options.allow(host, port) || names.of(host).some((name) => options.allow(name, port));

  const refusal = (host: string, port: number): SocleError | undefined => {
    if (isGranted(host, port)) return undefined;
    const destination = port ? `${host}:${port}` : host;
    options.log.warn({ destination }, 'socket refused');
    return new SocleError(
      'permission_denied',
      `egress: this process may not reach ${destination} · declare it in a platform's hosts() and call host.fetch or host.connect`,
      { applied: 'no' },
    );
  };

  const restoreTcp = replace(Socket.prototype, 'connect', (original) => {
    return function connect(this: unknown, ...args) {
      const { host, port } = streamTarget(args);
      const error = refusal(host, port);
      if (!error) return original.apply(this, args);
      return fail(this as Socket, error);
    };
  });
  // a datagram's address may also be bound by connect(), which is guarded alike
  const restoreUdp = (['send', 'connect'] as const).map((name) =>
    replace(dgram.Socket.prototype, name, (original) => {
      return function datagram(this: unknown, ...args) {
        const target = datagramTarget(name, args);
        const error = target && refusal(target.host, target.port);
        if (!error) return original.apply(this, args);
        const callback = args.at(-1);
        if (typeof callback === 'function') process.nextTick(callback as () => void, error);
        else (this as dgram.Socket).emit('error', error);
        return undefined;
      };
    }),
  );

  return () => {
    for (const restore of [restoreTcp, ...restoreUdp, names.stop]) restore();
  };
}

/** As a connection that was refused would end: later, and with what was written meanwhile kept back. */
function fail(socket: Socket, error: SocleError): Socket {
  (socket as { connecting: boolean }).connecting = true;
  process.nextTick(() => socket.destroy(error));
  return socket;
}

/** Every form that `net.Socket.connect` takes, the already normalised one of `net.connect` included. */
function streamTarget(args: readonly unknown[]): { host: string; port: number } {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof first === 'object' && first !== null) {
    const { path, host, port } = first as { path?: string; host?: string; port?: unknown };
    return path ? { host: `unix:${path}`, port: 0 } : { host: host ?? 'localhost', port: Number(port) };
  }
  const port = Number(first);
  if (typeof first === 'string' && !Number.isInteger(port)) return { host: `unix:${first}`, port: 0 };
  return { host: typeof args[1] === 'string' ? args[1] : 'localhost', port };
}

/** `send(msg, [offset, length,] port [, address])` and `connect(port [, address])`; undefined once connected. */
function datagramTarget(name: 'send' | 'connect', args: readonly unknown[]) {
  const plain = args.filter((one) => typeof one !== 'function');
  const rest = name === 'connect' ? plain : plain.slice(1);
  const [port, address] = rest.length >= 3 ? rest.slice(2) : rest;
  if (port === undefined || (name === 'send' && rest.length === 2 && typeof address === 'number'))
    return undefined;
  return { host: typeof address === 'string' ? address : 'localhost', port: Number(port) };
}

function replace(owner: object, name: string, make: (original: AnyMethod) => AnyMethod): () => void {
  const methods = owner as Record<string, AnyMethod>;
  const original = methods[name] as AnyMethod;
  methods[name] = make(original);
  return () => {
    methods[name] = original;
  };
}
