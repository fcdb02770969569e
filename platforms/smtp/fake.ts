import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Fake, FakeOptions } from '@socle/kernel';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** `reset` takes the message and cuts the line: the effect is there, the answer is not. */
export type FakeFault = 'hang' | 'reset' | 'not-smtp' | 'rate-limited' | 'error-451';

export interface FakeMail {
  readonly from: string;
  /** Everybody in the envelope, Bcc included. */
  readonly to: readonly string[];
  /** As it came over the line. */
  readonly raw: Buffer;
}

export interface SmtpFake extends Fake {
  readonly mails: readonly FakeMail[];
  readonly control: {
    /** Strikes the next sessions, one each. */
    next(...faults: readonly FakeFault[]): void;
    /** How many of them have not struck yet. */
    pending(): number;
  };
}

const USER = 'socle';
const PASSWORD = 'fake-Socle@password/0';

/** A real SMTP server on this machine (smtp-server): login, 5 MB a message, and nobody at `*.invalid`. */
export async function startFake({ port = 0 }: FakeOptions = {}): Promise<SmtpFake> {
  const mails: FakeMail[] = [];
  const faults: FakeFault[] = [];
  const sockets = new Set<Socket>();
  const socketOf = (session: SMTPServerSession): Socket | undefined =>
    [...sockets].find((one) => one.remotePort === session.remotePort);
  const strikes = (...wanted: readonly FakeFault[]): FakeFault | undefined => {
    const [first] = faults;
    return first !== undefined && wanted.includes(first) ? faults.shift() : undefined;
  };

  const smtp = new SMTPServer({
    name: 'fake.smtp.invalid',
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    size: 5_000_000,
    logger: false,
    onAuth: ({ username, password }, _session, done) => {
      if (username === USER && password === PASSWORD) done(null, { user: USER });
      else done(reply(535, '5.7.8 Authentication credentials invalid'));
    },
    onMailFrom: (_address, _session, done) => {
      const fault = strikes('rate-limited', 'error-451');
      if (fault === 'rate-limited') done(reply(450, '4.7.1 Too much mail, slow down'));
      else if (fault === 'error-451') done(reply(451, '4.3.0 Local error in processing'));
      else done();
    },
    onRcptTo: ({ address }, _session, done) => {
      done(address.endsWith('.invalid') ? reply(550, '5.1.1 No such user here') : null);
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (strikes('hang')) return;
        if (stream.sizeExceeded) {
          done(reply(552, '5.3.4 Message too big'));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom ? mailFrom.address : '';
        mails.push({ from, to: rcptTo.map((one) => one.address), raw: Buffer.concat(chunks) });
        if (strikes('reset')) socketOf(session)?.resetAndDestroy();
        else done(null, '2.0.0 Queued');
      });
    },
  });
  // a session that is cut is what some tests are about
  smtp.on('error', () => undefined);

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (strikes('not-smtp'))
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\n\r\n<h1>502</h1>\r\n');
    else smtp.connect(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: `smtp://${address}`,
    env: {
      SMTP_URL: `smtp://${USER}:${encodeURIComponent(PASSWORD)}@${address}`,
      SMTP_FROM: 'Socle <no-reply@example.com>',
    },
    mails,
    control: { next: (...list) => faults.push(...list), pending: () => faults.length },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
