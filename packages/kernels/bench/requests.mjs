/** Four groupings, as the paper's analyses have them: long runs of a label (a grid), and short ones (clusters). */
function groupings(height, width) {
  const labels = (of) => ({
    groups: 32,
    labels: Uint16Array.from({ length: height * width }, (_, p) => of(Math.floor(p / width), p % width)),
  });
  return [
    labels((y, x) => Math.floor((4 * y) / height) * 8 + Math.floor((8 * x) / width)),
    labels((y, x) => (Math.floor(y / 5) * 7 + Math.floor(x / 3)) % 32),
    labels((y, x) => (y * 31 + x * 17) % 32),
    labels((y, x) => (Math.floor(y / 20) + Math.floor(x / 30)) % 32),
  ];
}
export function requests(height, width) {
  const sums = { neuronTotals: true, pixelTotals: true, groupSums: groupings(height, width) };
  return { sums, histogram: { ...sums, histogram: true } };
}
