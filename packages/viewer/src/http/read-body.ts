import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

/** Bytes of a request's body. A list of all neurons of a large layer takes a tenth of it. */
const MOST = 2 ** 20;

/**
 * The JSON text that a request brings. Its type is asked for, since a form of another page could not send it.
 * @throws Refusal 413, 415
 */
export async function readJsonBody(request: IncomingMessage): Promise<string> {
  const type = request.headers['content-type']?.split(';')[0].trim().toLowerCase();
  if (type !== 'application/json') throw new Refusal(415, 'usage', 'The body of a request is application/json');
  const tooLarge = () =>
    new Refusal(413, 'usage', `The body of a request has at most ${MOST} bytes`, { Connection: 'close' });
  if (Number(request.headers['content-length'] ?? 0) > MOST) throw tooLarge();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST) chunks.push(chunk);
      else {
        // Not destroyed: the refusal is still to be sent on this connection.
        request.pause();
        reject(tooLarge());
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}
