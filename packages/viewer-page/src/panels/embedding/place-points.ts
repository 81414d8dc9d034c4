/**
 * Points turned so that they spread most from left to right, and scaled to fit a room whose height is 2 and whose width is
 * 2 · aspect, a margin left. Directions of such embeddings mean nothing, while distances do: both axes keep one scale.
 * @param places [n, 2]
 * @param turn whether points may be turned
 */
export function placePoints(places: Float32Array, aspect: number, turn: boolean): Float32Array {
  const count = places.length / 2;
  const angle = turn ? principalAngle(places) : 0;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = new Float32Array(places.length);
  for (let i = 0; i < count; i++) {
    turned[2 * i] = cos * places[2 * i] + sin * places[2 * i + 1];
    turned[2 * i + 1] = cos * places[2 * i + 1] - sin * places[2 * i];
  }
  const [x, y] = [range(turned, 0), range(turned, 1)];
  const scale = MARGIN * Math.min((2 * aspect) / (x.high - x.low || 1), 2 / (y.high - y.low || 1));
  for (let i = 0; i < count; i++) {
    turned[2 * i] = (turned[2 * i] - (x.low + x.high) / 2) * scale;
    turned[2 * i + 1] = (turned[2 * i + 1] - (y.low + y.high) / 2) * scale;
  }
  return turned;
}

/** Share of the room that points take. */
const MARGIN = 0.88;

/** The angle of the axis along which points vary most. */
function principalAngle(places: Float32Array): number {
  const count = Math.max(1, places.length / 2);
  const [mx, my] = [0, 1].map((axis) => sum(places, (i) => places[2 * i + axis]) / count);
  const xx = sum(places, (i) => (places[2 * i] - mx) ** 2);
  const yy = sum(places, (i) => (places[2 * i + 1] - my) ** 2);
  const xy = sum(places, (i) => (places[2 * i] - mx) * (places[2 * i + 1] - my));
  return 0.5 * Math.atan2(2 * xy, xx - yy);
}

function sum(places: Float32Array, value: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < places.length / 2; i++) total += value(i);
  return total;
}

function range(places: Float32Array, axis: 0 | 1): { readonly low: number; readonly high: number } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = axis; i < places.length; i += 2) {
    low = Math.min(low, places[i]);
    high = Math.max(high, places[i]);
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}
