import { printable } from '@xinc/core/formats';
import { InertRecord, type PickledValue } from './value.js';

const MOST_NAMES = 10;
/** Records that become arrays where tensors are looked for, and modules of TorchScript archives. */
const UNDERSTOOD = /^(numpy\.(dtype|(core|_core)\.multiarray\._reconstruct)$|__torch__\.)/;

/** What a pickle would have Python call, apart from what is understood here: the types of its inert records, each once. */
export function foreignNames(root: PickledValue): string[] {
  const names = new Set<string>();
  const visited = new Set<object>();
  const waiting: PickledValue[] = [root];
  while (waiting.length > 0 && names.size < MOST_NAMES) {
    const value = waiting.pop()!;
    if (typeof value !== 'object' || value === null || visited.has(value)) continue;
    visited.add(value);
    if (value instanceof InertRecord) {
      if (!UNDERSTOOD.test(value.type)) names.add(printable(value.type));
      waiting.push(value.state, value.items, value.elements, value.args);
    } else if (value instanceof Map) {
      for (const entry of value) waiting.push(...entry);
    } else if (Array.isArray(value) || value instanceof Set) {
      for (const element of value) waiting.push(element);
    }
  }
  return [...names];
}
