const ENDINGS = ['uncaughtException', 'unhandledRejection'];

/** Runs something without letting it decide, under Node, how the process ends on an error, as Emscripten's modules do. */
export async function withoutNewEndings<T>(run: () => Promise<T>): Promise<T> {
  const { process } = globalThis as { process?: NodeJS.EventEmitter };
  const before = new Set(ENDINGS.flatMap((event) => process?.listeners?.(event) ?? []));
  const result = await run();
  for (const event of ENDINGS) {
    for (const listener of process?.listeners?.(event) ?? []) {
      if (!before.has(listener)) process?.removeListener(event, listener as () => void);
    }
  }
  return result;
}
