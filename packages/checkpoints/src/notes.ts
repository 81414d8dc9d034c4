import { printable } from '@xinc/core/formats';

const MOST_NOTES = 20;
const MOST_NAMES = 6;

/** What reading does to tensors beyond taking them out of the file; what is done alike to several is said once. */
export class Notes {
  readonly #names = new Map<string, { readonly first: string[]; count: number }>();

  /** @param what was done: "made dense (torch.sparse_coo)"; without a name, a note by itself. */
  add(what: string, name?: string): void {
    const names = this.#names.get(what) ?? { first: [], count: 0 };
    this.#names.set(what, names);
    if (name === undefined) return;
    names.count++;
    if (names.first.length < MOST_NAMES) names.first.push(printable(name));
  }

  /** `made dense (torch.sparse_coo): net.0.weight, net.2.weight and 4 more`. */
  lines(): string[] {
    return [...this.#names].slice(0, MOST_NOTES).map(([what, { first, count }]) => {
      if (count === 0) return what;
      return `${what}: ${first.join(', ')}${count > first.length ? ` and ${count - first.length} more` : ''}`;
    });
  }
}
