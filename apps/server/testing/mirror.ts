import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** The rudest vendor: refuses everything, and quotes back all that it was sent, in every encoding it can think of. */
export async function startMirror(): Promise<{
  url: string;
  requests: () => number;
  close(): Promise<void>;
}> {
  let requests = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const seen = [request.headers.authorization ?? '', Buffer.concat(chunks).toString()].join(' ');
        const secret = seen.replace(/^(Bearer|Basic) /, '').trim();
        const bytes = Buffer.from(secret);
        const message = [
          `no: ${seen}`,
          bytes.toString('base64'),
          bytes.toString('hex'),
          encodeURIComponent(secret),
        ].join(' ');
        const error = { message, name: 'validation_error', type: 'invalid_request_error', code: secret };
        response.writeHead(400, { 'content-type': 'application/json', 'request-id': secret });
        response.end(JSON.stringify({ ...error, error, statusCode: 400 }));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
