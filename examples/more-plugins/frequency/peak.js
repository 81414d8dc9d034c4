/** Half the width of the Hann window's peak, in cycles per extent of the map. */
const REACH = 2;

/**
 * The frequency and orientation that a spectrum's power gathers at; `undefined` where it gathers nowhere.
 *
 * A peak is the strongest frequency with what lies within the window's reach around it. It counts where it is a frequency at all, and no
 * slope or single bump: at least two cycles along its direction over the map; and where it has the share of all power that is asked for.
 * @param power of a `Spectrum`
 * @param least share of all power, 0 to 1
 * @returns frequency in cycles per pixel; orientation of the stripes in degrees, counted counter-clockwise: 0 is level, 90 upright
 */
export function peakOf({ height, width, rows, columns }, power, least) {
  // Of a real map both halves are alike: those to the right, and straight down.
  let [best, at, total] = [0, 0, 0];
  for (let v = 0; v < rows; v++) {
    for (let u = 0; u <= columns / 2; u++) {
      const value = power[v * columns + u];
      total += u === 0 || u === columns / 2 ? value : 2 * value;
      if (value > best) [best, at] = [value, v * columns + u];
    }
  }
  if (!(total > 0)) return undefined;
  const [fy, fx] = [signed(Math.floor(at / columns), rows), signed(at % columns, columns)];
  if (Math.hypot(fx * width, fy * height) < REACH) return undefined;
  // What the peak holds, and its centre.
  const [reachY, reachX] = [REACH / height, REACH / width];
  let [held, sumY, sumX] = [0, 0, 0];
  const [v0, u0] = [Math.round(fy * rows), Math.round(fx * columns)];
  const [dv, du] = [Math.floor(reachY * rows), Math.floor(reachX * columns)];
  for (let v = v0 - dv; v <= v0 + dv; v++) {
    for (let u = u0 - du; u <= u0 + du; u++) {
      const [offY, offX] = [(v - v0) / rows / reachY, (u - u0) / columns / reachX];
      if (offY ** 2 + offX ** 2 > 1) continue;
      const value = power[((v + rows) % rows) * columns + ((u + columns) % columns)];
      held += value;
      sumY += value * (v / rows);
      sumX += value * (u / columns);
    }
  }
  // Half of the power is that of the same wave seen from the other side.
  const share = Math.min(1, (2 * held) / total);
  if (share < least) return undefined;
  const [y, x] = [sumY / held, sumX / held];
  const degrees = (Math.atan2(-x, -y) * 180) / Math.PI;
  return { frequency: Math.hypot(y, x), orientation: ((degrees % 180) + 180) % 180, share };
}

const signed = (index, extent) => (index > extent / 2 ? index - extent : index) / extent;
