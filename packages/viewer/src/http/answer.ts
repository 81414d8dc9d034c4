import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { formatJson } from '@xinc/core/formats';
import { ByteCache } from '../byte-cache.js';
import { parseByteRange } from './byte-range.js';
import { type Coding, chooseCoding, compress, isWorthCompressing } from './compression.js';
import { isText, JSON_TYPE } from './content-type.js';
import type { Outgoing } from './outgoing.js';
import type { Refusal } from './refusal.js';

/** What a request is answered with, before its conditions, ranges and codings. */
export interface Answer {
  readonly type: string;
  /** Changes when the body does; without quotes. */
  readonly tag: string;
  /** `Cache-Control`; by default the browser asks each time whether its copy is still true. */
  readonly cache?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A function is called only if the browser does not have the body yet. */
  readonly body: Uint8Array | OpenFile | (() => Promise<Uint8Array>);
}

/** A file open for reading; `sendAnswer` closes it. */
interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
}

const COMPRESSED_BYTES = 32 * 2 ** 20;
const compressed = new ByteCache<Uint8Array>(COMPRESSED_BYTES, ({ byteLength }) => byteLength);

export function tagOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}

export function jsonAnswer(value: unknown): Answer {
  const body = Buffer.from(formatJson(value));
  return { type: JSON_TYPE, tag: tagOf(body), body };
}

/** Sends an answer to a GET, HEAD or POST as its headers ask (RFC 9110): 200, 206, 304 or 416. */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  outgoing: Outgoing,
): Promise<void> {
  try {
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    response.setHeader('Cache-Control', answer.cache ?? 'private, no-cache');
    const repeatable = request.method !== 'POST';
    const known = repeatable ? request.headers['if-none-match'] : undefined;
    const coding = isText(answer.type) ? chooseCoding(request.headers['accept-encoding']) : null;
    if (isText(answer.type)) response.setHeader('Vary', 'Accept-Encoding');
    const tags = { whole: `"${answer.tag}"`, coded: `"${answer.tag}-${coding}"` };
    const had = [tags.whole, tags.coded].find((tag) => namesTag(known, tag));
    if (had !== undefined) {
      response.writeHead(304, { ETag: had }).end();
      return;
    }
    response.setHeader('Content-Type', answer.type);
    const body = typeof answer.body === 'function' ? await answer.body() : answer.body;
    const size = sizeOf(body);
    if (coding && isWorthCompressing(size) && request.headers.range === undefined) {
      const bytes = await compressedCopy(tags.coded, body, coding);
      response.writeHead(200, { ETag: tags.coded, 'Content-Encoding': coding, 'Content-Length': bytes.byteLength });
      if (request.method === 'HEAD') response.end();
      else await outgoing.send(response, bytes);
      return;
    }
    response.setHeader('ETag', tags.whole);
    if (repeatable) response.setHeader('Accept-Ranges', 'bytes');
    // A range of another version of the file would not fit what the browser has of it.
    const condition = request.headers['if-range'];
    const current = condition === undefined || condition === tags.whole;
    const range = repeatable && current ? parseByteRange(request.headers.range, size) : null;
    if (range === 'unsatisfiable') {
      response.writeHead(416, { 'Content-Range': `bytes */${size}`, 'Content-Length': 0 }).end();
      return;
    }
    const [first, last] = range ? [range.first, range.last] : [0, size - 1];
    if (range) response.setHeader('Content-Range', `bytes ${first}-${last}/${size}`);
    response.writeHead(range ? 206 : 200, { 'Content-Length': last - first + 1 });
    if (request.method === 'HEAD' || size === 0) response.end();
    else if (body instanceof Uint8Array) await outgoing.send(response, range ? body.subarray(first, last + 1) : body);
    else await outgoing.send(response, body.handle.createReadStream({ start: first, end: last, autoClose: false }));
  } finally {
    if ('handle' in answer.body) await answer.body.handle.close();
  }
}

export function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const body = Buffer.from(JSON.stringify(refusal.problem));
  response.writeHead(refusal.status, {
    ...refusal.headers,
    'Content-Type': JSON_TYPE,
    'Content-Length': body.byteLength,
    'Cache-Control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function sizeOf(body: Uint8Array | OpenFile): number {
  return body instanceof Uint8Array ? body.byteLength : body.size;
}

async function compressedCopy(tag: string, body: Uint8Array | OpenFile, coding: Coding): Promise<Uint8Array> {
  const present = compressed.get(tag);
  if (present) return present;
  const bytes = await compress(body instanceof Uint8Array ? body : await readWhole(body), coding);
  compressed.set(tag, bytes);
  return bytes;
}

/** The bytes that the file had when it was opened: it may have grown since. */
async function readWhole({ handle, size }: OpenFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for (let read = 0; read < size; ) {
    const { bytesRead } = await handle.read(bytes, read, size - read, read);
    if (bytesRead === 0) return bytes.subarray(0, read);
    read += bytesRead;
  }
  return bytes;
}

function namesTag(header: string | undefined, tag: string): boolean {
  const plain = (text: string) => text.trim().replace(/^W\//, '');
  return header !== undefined && (header.trim() === '*' || header.split(',').some((one) => plain(one) === tag));
}
