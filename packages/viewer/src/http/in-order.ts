import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that wait for their turn. Browsers send one after the other. */
const MOST_WAITING = 16;

/**
 * Answers the requests of each connection one after the other, however many are sent at once, and ends a connection that sends more
 * than wait.
 * @param answer resolves when the response has been sent
 */
export function inOrder(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): (request: IncomingMessage, response: ServerResponse) => void {
  const connections = new WeakMap<Socket, { waiting: number; last: Promise<void> }>();
  return (request, response) => {
    const { socket } = request;
    if (socket.destroyed) return;
    const connection = connections.get(socket) ?? { waiting: 0, last: Promise.resolve() };
    connections.set(socket, connection);
    if (connection.waiting >= MOST_WAITING) {
      socket.destroy();
      return;
    }
    connection.waiting++;
    connection.last = connection.last
      .then(() => (socket.destroyed ? undefined : answer(request, response)))
      .catch(() => void socket.destroy())
      .finally(() => {
        connection.waiting--;
      });
  };
}
