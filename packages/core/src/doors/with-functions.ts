/** A copy of an object, of its class, with some of its functions replaced. */
export function withFunctions<T extends object>(object: T, functions: Partial<T>): T {
  return Object.assign(Object.create(Object.getPrototypeOf(object)), object, functions);
}
