import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Engine, isXincError, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import type { RunSource } from '@xinc/runs';
import { PAGE_FOLDER } from '@xinc/viewer-page';
import { createApi } from './api-routes.js';
import { EventStreams } from './event-streams.js';
import { type AdmissionRules, admit } from './http/admission.js';
import { sendAnswer, sendRefusal } from './http/answer.js';
import { inOrder } from './http/in-order.js';
import { Outgoing, type OutgoingOptions } from './http/outgoing.js';
import { checkPage, pageAsset } from './http/page-assets.js';
import { Refusal, refusalOf } from './http/refusal.js';
import { parseTarget, splitToken } from './http/request-target.js';
import { frameHeaders, SECURITY_HEADERS } from './http/security-headers.js';
import { listenAddress } from './listen-address.js';
import { runIds } from './run/run-ids.js';
import { ServedRun } from './run/served-run.js';

export interface ViewerOptions {
  readonly runs: readonly RunSource[];
  readonly registry: Registry;
  /** Called when something is first to be computed; whoever gives it ends it after the viewer. */
  readonly engine: () => Promise<Engine>;
  /** The program's version, for the page. */
  readonly version: string;
  /** Address to listen at; by default 127.0.0.1. */
  readonly host?: string;
  /**
   * Whether what is asked for has to come with a token, as it does by default. Only an address that this machine alone reaches can
   * do without, and everyone who uses the machine reads the runs then.
   */
  readonly token?: boolean;
  /**
   * What the token is made of, with address and port: the same secret gives the same token there, so that links go on working, and a
   * program that gets the token of one port has not that of another. By default another at each start.
   */
  readonly secret?: string;
  /** By default one that is free; of several the first at which nothing else listens, or else one that is free. */
  readonly port?: number | readonly number[];
  /** Folder of a built page; by default the one of @xinc/viewer-page. */
  readonly page?: string;
  /** Bytes of computed answers that are kept. */
  readonly keptBytes?: number;
  /** Bytes that wait for browsers to read them, and how long. */
  readonly outgoing?: OutgoingOptions;
  /** How the page's reader calls what texts name in backticks: settings and functions. */
  readonly word?: (text: string) => string;
  /** Told of what is a fault of the viewer or a plugin, and not of a request. */
  readonly onFault?: (error: unknown) => void;
}

export interface RunningViewer {
  /** The page's address, with the token that it asks for. */
  readonly address: string;
  readonly port: number;
  /** Pages that follow the runs. */
  readonly followers: number;
  /** Ends all connections, and resolves when nothing of the viewer runs any more. */
  close(): Promise<void>;
}

const KEPT_BYTES = 256 * 2 ** 20;
/** Milliseconds a browser may take for its request. */
const REQUEST_TIME = 30_000;
/** Connections at once: a browser opens six. */
const MOST_CONNECTIONS = 256;

/**
 * Serves runs to browsers.
 * @throws XincError `not-found` if the page is not built, `invalid-option` for an address or port that cannot be had
 *
 * @example
 * const viewer = await startViewer({ runs: [source], registry, engine, version });
 * console.log(viewer.address); // http://127.0.0.1:40213/?token=…
 * await viewer.close();
 */
export async function startViewer(options: ViewerOptions): Promise<RunningViewer> {
  const {
    registry,
    engine,
    version,
    page = PAGE_FOLDER,
    keptBytes = KEPT_BYTES,
    word = (text) => text,
    onFault,
  } = options;
  await checkPage(page);
  const ids = runIds(options.runs.map(({ name }) => name));
  const runs = options.runs.map((source, i) => new ServedRun(ids[i], source, word));
  const outgoing = new Outgoing(options.outgoing);
  const streams = new EventStreams(runs);
  const { host, local, names, name } = listenAddress(options.host);
  if (options.token === false && !local) {
    throw new XincError('invalid-option', `\`token: false\`: other machines reach ${host}`, {
      setting: 'token',
      hint: 'Leave one of `token: false` and `host` out.',
    });
  }
  const server = createServer({ requestTimeout: REQUEST_TIME }, inOrder(respond));
  server.maxConnections = MOST_CONNECTIONS;
  const port = await listen(server, host, options.port ?? 0);
  const token =
    options.token === false ? undefined : tokenOf(options.secret ?? randomBytes(24).toString('base64url'), host, port);
  const api = createApi({
    version,
    runs,
    registry,
    engine,
    keptBytes,
    outgoing,
    ...(token !== undefined && { token }),
  });
  const rules: AdmissionRules = {
    hosts: names,
    port,
    pass: randomBytes(24).toString('base64url'),
    ...(token !== undefined && { token }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { target, token: given } = splitToken(request.url!);
    const { segments, query } = parseTarget(target);
    const alone = segments.length === 0 && query.has('embed');
    const { cookie, framed } = admit({ request, query, alone, ...(given !== undefined && { token: given }) }, rules);
    if (cookie !== undefined) response.setHeader('Set-Cookie', cookie);
    if (framed) {
      for (const [header, value] of Object.entries(frameHeaders(framed))) {
        if (value === null) response.removeHeader(header);
        else response.setHeader(header, value);
      }
    }
    const [first, ...rest] = segments;
    if (first === 'api' && !(rest.length === 1 && rest[0] === 'events')) {
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      const made = await api.answer({
        request,
        segments: rest,
        query,
        framed: given !== undefined,
        abort: gone.signal,
      });
      await sendAnswer(request, response, made, outgoing);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new Refusal(405, 'usage', `${request.method} does nothing here`, { Allow: 'GET, HEAD' });
    }
    if (first === 'api') streams.begin(request, response);
    else await sendAnswer(request, response, await pageAsset(page, segments), outgoing);
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [header, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(header, value);
    const sent = new Promise<void>((resolve) => response.on('close', () => resolve()));
    try {
      await answer(request, response);
    } catch (error) {
      const gone = response.destroyed || request.socket.destroyed;
      const fault = !(error instanceof Refusal) && !isXincError(error);
      // A browser that goes away in the middle breaks the transfer, which is no error.
      if (fault && !gone) onFault?.(error);
      if (gone || response.headersSent) response.destroy();
      else sendRefusal(request, response, refusalOf(error, word));
    }
    await sent;
  }

  return {
    address: `http://${name}:${port}/${token === undefined ? '' : `?token=${token}`}`,
    port,
    get followers() {
      return streams.size;
    },
    async close() {
      streams.end();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await api.dispose();
    },
  };
}

function tokenOf(secret: string, host: string, port: number): string {
  return createHmac('sha256', secret).update(`xinc view ${host} ${port}`).digest('base64url').slice(0, 32);
}

/** Listens at a port, or at the first of several that can be had, else at one that is free; returns it. */
async function listen(server: Server, host: string, wanted: number | readonly number[]): Promise<number> {
  const ports = typeof wanted === 'number' ? [wanted] : [...wanted, 0];
  for (const [i, port] of ports.entries()) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host.replace(/^\[|\]$/g, ''), () => {
          server.off('error', reject);
          resolve();
        });
      });
      break;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Windows reserves ranges of ports, and denies them.
      const next = i < ports.length - 1 && (code === 'EADDRINUSE' || code === 'EACCES');
      if (!next) throw listenError(error as NodeJS.ErrnoException, host, port);
    }
  }
  return (server.address() as AddressInfo).port;
}

function listenError({ code, message }: NodeJS.ErrnoException, host: string, port: number): XincError {
  const [setting, what, hint] =
    code === 'EADDRINUSE'
      ? ['port', `\`port: ${port}\`: something else listens there`, 'Choose another, or leave it out for a free one.']
      : code === 'EACCES'
        ? ['port', `\`port: ${port}\`: permission is denied`, 'Choose one of at least 1024.']
        : [
            'host',
            `\`host: ${host}\`: the viewer cannot listen there: ${message}`,
            "Choose one of this machine's addresses.",
          ];
  return new XincError('invalid-option', what, { setting, hint });
}
