/// <reference lib="webworker" />
import { EventHub, type StreamNews } from './event-hub.js';

/*
 * The one stream of events of all tabs. The worker is named by the stream's address, and lives as long as a tab that uses it;
 * a tab that stops following says so by any message.
 */
declare const self: SharedWorkerGlobalScope;

const hub = new EventHub(() => new EventSource(self.name));

self.onconnect = ({ ports: [port] }) => {
  const stop = hub.follow((news: StreamNews) => port.postMessage(news));
  port.onmessage = () => {
    stop();
    port.close();
  };
};
