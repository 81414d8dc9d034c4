/** Directions of the arrow keys, y upward. */
export const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/**
 * The point that an arrow key goes to: the nearest one of those within 45° of its direction; those off to the side count as
 * further away. Points at one place follow each other, to the right and down in their order. `null` where there is none.
 * @param places [n, 2], y upward
 * @param points those that may be gone to, ascending
 */
export function nextPoint(
  places: ArrayLike<number>,
  points: Iterable<number>,
  from: number,
  [dx, dy]: readonly [dx: number, dy: number],
): number | null {
  const onward = dx > 0 || dy < 0;
  let [best, least]: [number | null, number] = [null, Number.POSITIVE_INFINITY];
  let [before, after]: (number | null)[] = [null, null];
  for (const i of points) {
    const [x, y] = [places[2 * i] - places[2 * from], places[2 * i + 1] - places[2 * from + 1]];
    if (x === 0 && y === 0) {
      if (i < from) before = i;
      else if (i > from) after ??= i;
      continue;
    }
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy - y * dx);
    if (along <= 0 || aside > along) continue;
    const cost = along + 2 * aside;
    if (cost < least) [best, least] = [i, cost];
  }
  return (onward ? after : before) ?? best;
}
