/** An operation of a graph that oneDNN does not have. */
export class MissingOperation extends Error {
  constructor(operation: string) {
    super(`it does not have '${operation}'`);
  }
}
