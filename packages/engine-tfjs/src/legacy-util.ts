/**
 * What @tensorflow/tfjs-node 4.22 calls of `node:util`, at every operation, although Node 22 prints deprecation warnings
 * for it (DEP0044, DEP0051) and Node 23 removed `isNullOrUndefined`.
 */
const LEGACY_FUNCTIONS = {
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
} as const;

/** The first Node release whose own versions warn or are missing. */
const FIRST_NODE_WITHOUT = 22;

/**
 * Puts the functions that tfjs-node needs on `util`, where this Node warns of them or lacks them. They are looked up
 * anew at each call, so they have to stay for as long as the native backend is used; they are not enumerable.
 *
 * @returns a function that restores `util` to what it was.
 */
export function provideLegacyUtil(util: object, nodeMajor: number): () => void {
  const restorations = Object.entries(LEGACY_FUNCTIONS).map(([name, value]) => {
    const original = Object.getOwnPropertyDescriptor(util, name);
    if (original && nodeMajor < FIRST_NODE_WITHOUT) return () => {};
    Object.defineProperty(util, name, { value, enumerable: false, configurable: true, writable: true });
    return () => {
      if (original) Object.defineProperty(util, name, original);
      else Reflect.deleteProperty(util, name);
    };
  });
  return () => {
    for (const restore of restorations) restore();
  };
}
