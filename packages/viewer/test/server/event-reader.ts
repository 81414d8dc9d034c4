import { get, type IncomingMessage } from 'node:http';
import type { RunEvent } from '@xinc/viewer-page';

export interface EventReader {
  readonly response: IncomingMessage;
  readonly events: readonly RunEvent[];
  /** Resolves when an event has come that is like this one, among those after the first `from`. */
  until(wanted: RunEvent, from?: number): Promise<void>;
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Follows the server's events as a page does. */
export function readEvents(address: string): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const request = get(new URL(`api/events${new URL(address).search}`, address), { agent: false }, (response) => {
      const events: RunEvent[] = [];
      const waiting = new Set<() => void>();
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) if (block.startsWith('data: ')) events.push(JSON.parse(block.slice(6)));
        for (const check of waiting) check();
      });
      resolve({
        response,
        events,
        until: (wanted, from = 0) =>
          new Promise((found) => {
            const check = () => {
              const present = events.slice(from);
              if (!present.some(({ run, changed }) => run === wanted.run && changed === wanted.changed)) return;
              waiting.delete(check);
              found();
            };
            waiting.add(check);
            check();
          }),
        ended: new Promise((closed) => response.on('close', closed)),
        close: () => request.destroy(),
      });
      response.on('error', () => {});
    });
    request.on('error', reject);
  });
}
