import { type IncomingHttpHeaders, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  json<T = unknown>(): T;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks a server for exactly that path, by the token in its address: unlike `fetch`, it resolves no dots and decodes nothing. */
export function ask(
  address: string,
  path: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Reply> {
  const { hostname, port, host, searchParams } = new URL(address);
  const token = searchParams.get('token');
  const admitted = token && path.startsWith('/') ? `/token/${token}${path}` : path;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        method,
        path: admitted,
        headers: { Host: host, ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(chunks);
          const { statusCode, headers: received } = response;
          resolve({ status: statusCode!, headers: received, body: whole, json: () => JSON.parse(whole.toString()) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
