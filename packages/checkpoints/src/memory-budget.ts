import { formatBytes } from '@xinc/core/formats';
import { malformed } from './refusal.js';

/** What any file may take, however small. */
const BASE_BYTES = 64 * 1024 * 1024;
/**
 * What a byte of file may become. Weights hardly compress; one-byte integers become four-byte floats; a tensor may be
 * seen through several views.
 */
const BYTES_PER_FILE_BYTE = 16;

/**
 * The memory that one file may cause to be allocated, whatever sizes it declares: inflated archive entries, unpickled
 * objects, and tensors as float32. Spent before the allocation.
 */
export class MemoryBudget {
  readonly #total: number;
  #left: number;

  /** @param total bytes; {@link defaultMemoryLimit} gives what a file of a size may take. */
  constructor(total: number) {
    this.#total = total;
    this.#left = total;
  }

  /** @param what names what the bytes are for in the error: "a tensor of shape 3×4". */
  spend(bytes: number, what: string): void {
    this.#left -= bytes;
    if (this.#left < 0) {
      throw malformed(
        `${what} takes the file beyond the ${formatBytes(this.#total)} of memory that it is given`,
        'Save the tensors themselves, each with its own memory (tensor.clone()), without compression.',
      );
    }
  }
}

/** 64 MiB and 16 times the file's size. */
export function defaultMemoryLimit(fileBytes: number): number {
  return BASE_BYTES + BYTES_PER_FILE_BYTE * fileBytes;
}
