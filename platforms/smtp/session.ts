import { Readable } from 'node:stream';
import type { Host } from '@socle/kernel';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { SmtpFailure } from './errors.ts';
import type { Server } from './settings.ts';

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

export interface Session {
  /** Resolves with the recipients that the server refused while it took the message for the others. */
  send(envelope: Envelope, message: Buffer): Promise<readonly string[]>;
}

/**
 * One connection, logged in, for one piece of work. The connection is used rather than nodemailer's
 * transport, because only it tells whether the message was under way when the line broke.
 */
export async function withSession<Result>(
  { server, host, signal }: { readonly server: Server; readonly host: Host; readonly signal: AbortSignal },
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  host.connect(server.host, server.port);
  signal.throwIfAborted();
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.isImplicitTls,
    requireTLS: !server.isImplicitTls && !server.isLoopback,
    ignoreTLS: server.isLoopback,
    allowInternalNetworkInterfaces: true,
    socketCloseTimeout: 0,
  });
  const over = new AbortController();
  let isUnderWay = false;
  const lost = new Promise<never>((_resolve, reject) => {
    connection.on('error', reject);
    connection.once('end', () =>
      reject(Object.assign(new Error('the server hung up'), { code: 'ECONNECTION' })),
    );
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: over.signal });
  });
  // a line that breaks between two steps is told by the next one
  lost.catch(() => undefined);
  const step = <Value>(run: (done: (error?: Error | null, value?: Value) => void) => void): Promise<Value> =>
    Promise.race([
      lost,
      new Promise<Value>((resolve, reject) => {
        run((error, value) => (error ? reject(error) : resolve(value as Value)));
      }),
    ]);
  const send: Session['send'] = async (envelope, message) => {
    // read only once the server said "354, go on"
    const body = new Readable({
      read() {
        isUnderWay = true;
        this.push(message);
        this.push(null);
      },
    });
    const info = await step<{ rejected: string[] }>((done) =>
      connection.send({ from: envelope.from, to: [...envelope.to], size: message.length }, body, done),
    );
    return info.rejected;
  };
  try {
    await step((done) => connection.connect(done));
    const { auth } = server;
    if (auth) await step((done) => connection.login({ ...auth }, done));
    return await work({ send });
  } catch (thrown) {
    throw new SmtpFailure(thrown, isUnderWay);
  } finally {
    over.abort();
    // The server has answered by now: a line left without QUIT loses nothing (RFC 5321 §4.1.1.10).
    connection.close();
  }
}
