/** Four groupings of 32 groups each, from large regions to scattered pixels. */
export function fourGroupings({ height, width }) {
  const label = (of) => ({
    height,
    width,
    labels: Uint16Array.from({ length: height * width }, (_, p) => of(Math.floor(p / width), p % width)),
    groups: Array.from({ length: 32 }, (_, g) => ({ name: `group ${g}` })),
  });
  return {
    grid: label((y, x) => Math.floor((4 * y) / height) * 8 + Math.floor((8 * x) / width)),
    patches: label((y, x) => (Math.floor(y / 5) * 7 + Math.floor(x / 3)) % 32),
    scattered: label((y, x) => (y * 31 + x * 17) % 32),
    regions: label((y, x) => (Math.floor(y / 20) + Math.floor(x / 30)) % 32),
  };
}
