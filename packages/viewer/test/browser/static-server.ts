import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/** A plain web host: files of a folder below a path, with their types and no other header. */
export interface StaticHost {
  /** Address of the folder. */
  readonly address: string;
  /** Bytes of the bodies that were sent, by path below the folder. */
  readonly sent: Map<string, number>;
  close(): Promise<void>;
}

export async function hostFolder(folder: string, below: string): Promise<StaticHost> {
  const sent = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://host');
    const path = decodeURIComponent(pathname).slice(below.length) || 'index.html';
    const body = pathname.startsWith(below) ? await readFile(join(folder, path)).catch(() => undefined) : undefined;
    if (!body) return response.writeHead(404).end();
    sent.set(path, body.byteLength);
    return response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${below}`,
    sent,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
