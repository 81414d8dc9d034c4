/**
 * The point nearest to a place, no further than `reach` away; the first of those as near. `null` where there is none.
 * @param places [n, 2]
 */
export function nearestPoint(places: Float32Array, [x, y]: readonly [number, number], reach: number): number | null {
  let [best, least]: [number | null, number] = [null, reach * reach];
  for (let i = 0; i < places.length / 2; i++) {
    const [dx, dy] = [places[2 * i] - x, places[2 * i + 1] - y];
    const distance = dx * dx + dy * dy;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/**
 * The points inside a closed outline, ascending: those from which a line to the right crosses it an odd number of times.
 * @param places [n, 2]
 */
export function pointsInside(places: Float32Array, outline: readonly (readonly [number, number])[]): number[] {
  const found: number[] = [];
  for (let i = 0; i < places.length / 2; i++) {
    const [x, y] = [places[2 * i], places[2 * i + 1]];
    let inside = false;
    let [fromX, fromY] = outline.at(-1) ?? [0, 0];
    for (const [toX, toY] of outline) {
      if (fromY > y !== toY > y && x < fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)) inside = !inside;
      [fromX, fromY] = [toX, toY];
    }
    if (inside) found.push(i);
  }
  return found;
}
