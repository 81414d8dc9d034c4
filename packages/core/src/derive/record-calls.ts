import type { Ops } from '../ops/ops.js';

/** Results of a program's calls, in the order in which they were made. */
export interface RecordedCalls<T> {
  /** The language to run the program with. */
  readonly ops: Ops<T>;
  /** What each call gave. A program makes the same calls whatever it runs on, so that a position names a value. */
  readonly results: readonly T[];
}

export function recordCalls<T>(ops: Ops<T>): RecordedCalls<T> {
  const results: T[] = [];
  const recorded = Object.entries(ops).map(([name, call]) => {
    if (name === 'shapeOf') return [name, call];
    return [
      name,
      (...operands: never[]) => {
        const result = (call as (...operands: never[]) => T)(...operands);
        results.push(result);
        return result;
      },
    ];
  });
  return { ops: Object.fromEntries(recorded), results };
}
