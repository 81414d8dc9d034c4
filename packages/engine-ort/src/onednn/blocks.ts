import type { Pointer } from './library.js';
import type { Primitives } from './primitives.js';

/** Memory that values lie in. */
export interface Block {
  readonly floats: number;
  /** `null` for a caller's, which is given at every run. */
  readonly data: Float32Array | null;
  /** Whether it goes back to the others' memory after its last holder. */
  readonly isShared: boolean;
  /** Values that lie in it and are still read. */
  holders: number;
}

/** A caller's array, and where in it the library has memory. */
interface Bound {
  readonly role: Role;
  readonly name: string;
  readonly block: Block;
  readonly memories: { readonly memory: Pointer; readonly offset: number }[];
  data: Float32Array | null;
}

type Role = 'input' | 'output';

/** A block of twice the floats that are wanted is better kept for others. */
const MOST_UNUSED = 2;

/** The memory of a plan: that of values goes from one to the next as they are read for the last time. */
export class Blocks {
  readonly #primitives: Primitives;
  readonly #free: Block[] = [];
  readonly #bound = new Map<Block, Bound>();

  constructor(primitives: Primitives) {
    this.#primitives = primitives;
  }

  /** Memory for a value, with whatever another left there. */
  shared(floats: number): Block {
    const fitting = this.#free.filter((block) => block.floats >= floats && block.floats <= MOST_UNUSED * floats);
    const [best] = fitting.sort((a, b) => a.floats - b.floats);
    if (best) {
      this.#free.splice(this.#free.indexOf(best), 1);
      return best;
    }
    return { floats, data: this.#primitives.allocate(floats), isShared: true, holders: 0 };
  }

  /** Memory that keeps its values from run to run. */
  kept(data: Float32Array): Block {
    return { floats: data.length, data, isShared: false, holders: 0 };
  }

  /** An input or output, whose array the caller gives under this name at every run. */
  callers(role: Role, name: string, floats: number): Block {
    const block: Block = { floats, data: null, isShared: false, holders: 0 };
    this.#bound.set(block, { role, name, block, memories: [], data: null });
    return block;
  }

  hold(block: Block): void {
    block.holders++;
  }

  release(block: Block): void {
    block.holders--;
    if (block.holders === 0 && block.isShared) this.#free.push(block);
  }

  memory(block: Block, layout: Pointer, offset: number): Pointer {
    const memory = this.#primitives.memory(layout, block.data?.subarray(offset) ?? null);
    this.#bound.get(block)?.memories.push({ memory, offset });
    return memory;
  }

  /** The floats of a block, as they are during a run. */
  floats(block: Block): Float32Array {
    return (block.data ?? this.#bound.get(block)?.data)!;
  }

  /** @throws Error for an array that is missing or too short: the library would go on where it ends. */
  bind(role: Role, arrays: Readonly<Record<string, Float32Array>>): void {
    for (const bound of this.#bound.values()) {
      if (bound.role !== role) continue;
      const data = arrays[bound.name];
      if (data === undefined || data.length < bound.block.floats) {
        throw new Error(`the ${role} '${bound.name}' has ${data?.length ?? 'no'} values, not ${bound.block.floats}`);
      }
      if (bound.data === data) continue;
      bound.data = data;
      for (const { memory, offset } of bound.memories) this.#primitives.setData(memory, data.subarray(offset));
    }
  }
}
