import { EventHub, type StreamNews } from './event-hub.js';

/**
 * Follows the server's events over the stream that all tabs share; over one of its own where the browser has no
 * SharedWorker, or does not start it.
 * @returns what stops it
 */
export function followEvents(address: string, follower: (news: StreamNews) => void): () => void {
  let stop = begin(address, follower);
  // A port does not tell when its tab is closed; a tab that the browser brings back begins anew.
  const hidden = () => stop();
  const shown = ({ persisted }: PageTransitionEvent) => {
    if (persisted) stop = begin(address, follower);
  };
  window.addEventListener('pagehide', hidden);
  window.addEventListener('pageshow', shown);
  return () => {
    stop();
    window.removeEventListener('pagehide', hidden);
    window.removeEventListener('pageshow', shown);
  };
}

function begin(address: string, follower: (news: StreamNews) => void): () => void {
  const alone = () => new EventHub(() => new EventSource(address)).follow(follower);
  if (typeof SharedWorker === 'undefined') return alone();
  const worker = new SharedWorker(new URL('./event-worker.ts', import.meta.url), { type: 'module', name: address });
  const { port } = worker;
  const leave = () => {
    port.postMessage('leave');
    port.close();
  };
  let stop: (() => void) | undefined = leave;
  worker.onerror = () => {
    if (stop !== leave) return;
    leave();
    stop = alone();
  };
  port.onmessage = ({ data }: MessageEvent<StreamNews>) => follower(data);
  return () => {
    stop?.();
    stop = undefined;
  };
}
