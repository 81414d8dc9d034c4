/**
 * The point that an arrow key goes to: the nearest one of those within 45° of its direction; those off to the side count as
 * further away. `null` where there is none.
 * @param places [n, 2], y upward
 * @param points those that may be gone to
 */
export function nextPoint(
  places: Float32Array,
  points: Iterable<number>,
  from: number,
  [dx, dy]: readonly [dx: number, dy: number],
): number | null {
  let [best, least]: [number | null, number] = [null, Number.POSITIVE_INFINITY];
  for (const i of points) {
    const [x, y] = [places[2 * i] - places[2 * from], places[2 * i + 1] - places[2 * from + 1]];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy - y * dx);
    if (along <= 0 || aside > along) continue;
    const cost = along + 2 * aside;
    if (cost < least) [best, least] = [i, cost];
  }
  return best;
}
