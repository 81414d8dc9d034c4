/**
 * Items and what is made of each; the next one's is being made while an item is in use. Nothing is under way any more when
 * the loop has ended, in whichever way.
 */
export async function* oneAhead<Item, Made>(
  items: readonly Item[],
  make: (item: Item) => Promise<Made>,
): AsyncGenerator<[Item, Made]> {
  let next: Promise<Made> | undefined;
  try {
    for (const [i, item] of items.entries()) {
      const made = await (next ?? make(item));
      next = i + 1 < items.length ? make(items[i + 1]) : undefined;
      // Where it fails while the item is in use, the error is thrown when its turn comes.
      next?.catch(() => {});
      yield [item, made];
    }
  } finally {
    await Promise.allSettled([next]);
  }
}
