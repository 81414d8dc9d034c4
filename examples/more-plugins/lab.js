/** A picture of sRGB values in CIELAB with the white of D65, [H·W, 3]: equal distances look about equally different (CIE 15). */
export function labOf({ rgb }) {
  const lab = new Float64Array(rgb.length);
  for (let i = 0; i < rgb.length; i += 3) {
    const [r, g, b] = [linear(rgb[i]), linear(rgb[i + 1]), linear(rgb[i + 2])];
    const x = bend((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    const y = bend(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
    const z = bend((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
    lab[i] = 116 * y - 16;
    lab[i + 1] = 500 * (x - y);
    lab[i + 2] = 200 * (y - z);
  }
  return lab;
}

const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const bend = (value) => (value > (6 / 29) ** 3 ? Math.cbrt(value) : value / (3 * (6 / 29) ** 2) + 4 / 29);
