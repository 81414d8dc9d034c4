/**
 * The curve of a grey colour profile, from samples to linear light in [0, 1]: its tag `kTRC`, a table or a formula
 * (ICC.1:2022 §10.6, §10.18). `undefined` if it has none that can be read.
 */
export function greyCurve(icc: Buffer): ((sample: number) => number) | undefined {
  if (icc.length < 132 || icc.toString('latin1', 16, 20) !== 'GRAY') return undefined;
  const tags = Math.min(icc.readUInt32BE(128), 100);
  for (let at = 132; at + 12 <= icc.length && at < 132 + 12 * tags; at += 12) {
    if (icc.toString('latin1', at, at + 4) !== 'kTRC') continue;
    const start = icc.readUInt32BE(at + 4);
    return start + 12 <= icc.length ? readCurve(icc.subarray(start)) : undefined;
  }
  return undefined;
}

function readCurve(tag: Buffer): ((sample: number) => number) | undefined {
  const type = tag.toString('latin1', 0, 4);
  if (type === 'curv') return tableCurve(tag);
  if (type !== 'para') return undefined;
  const count = [1, 3, 4, 5, 7][tag.readUInt16BE(8)];
  if (count === undefined || tag.length < 12 + 4 * count) return undefined;
  const [g, a = 1, b = 0, c, d = -1, e = 0, f = 0] = Array.from(
    { length: count },
    (_, i) => tag.readInt32BE(12 + 4 * i) / 65_536,
  );
  // The types 1 and 2 are cut off at −b/a, the latter then adding its c throughout.
  if (count === 3) return (x) => (x >= -b / a ? (a * x + b) ** g : 0);
  if (count === 4) return (x) => (x >= -b / a ? (a * x + b) ** g + c : c);
  return (x) => (x >= d ? (a * x + b) ** g + e : c * x + f);
}

function tableCurve(tag: Buffer): ((sample: number) => number) | undefined {
  const count = tag.readUInt32BE(8);
  if (count === 0) return (x) => x;
  if (tag.length < 12 + 2 * count) return undefined;
  if (count === 1) {
    const gamma = tag.readUInt16BE(12) / 256;
    return (x) => x ** gamma;
  }
  const value = (i: number) => tag.readUInt16BE(12 + 2 * i) / 65_535;
  return (x) => {
    const at = x * (count - 1);
    const below = Math.min(count - 2, Math.floor(at));
    return value(below) + (at - below) * (value(below + 1) - value(below));
  };
}
