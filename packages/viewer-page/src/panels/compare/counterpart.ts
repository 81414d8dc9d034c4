import type { LayerView, RunView } from '../../api.js';
import type { Pixel } from '../../state/view.js';

interface Extents {
  readonly height: number;
  readonly width: number;
}

/** The pixel at the same place of a picture of another size: the one that holds the centre of this one. */
export function counterpartPixel({ row, column }: Pixel, from: Extents, to: Extents): Pixel {
  return {
    row: Math.min(to.height - 1, Math.floor(((row + 0.5) * to.height) / from.height)),
    column: Math.min(to.width - 1, Math.floor(((column + 0.5) * to.width) / from.width)),
  };
}

/** The layer of the same name; else the one as far from the output, where there is one. */
export function counterpartLayer(
  layer: LayerView | null,
  from: readonly LayerView[],
  to: readonly LayerView[],
): LayerView | null {
  if (!layer) return to[0] ?? null;
  const named = to.find(({ id }) => id === layer.id);
  if (named) return named;
  const fromOutput = from.length - from.findIndex(({ id }) => id === layer.id);
  return to[Math.max(0, to.length - fromOutput)] ?? null;
}

/** What keeps two runs from being compared pixel by pixel, in a line; `null` for nothing. */
export function differenceInWords(a: RunView, b: RunView): string | null {
  const size = ({ signal: { height, width } }: RunView) => `${height}×${width}`;
  if (size(a) !== size(b)) {
    return `The pictures have different sizes (${size(a)} and ${size(b)} pixels): the pointer marks the same place in both, and errors are not subtracted.`;
  }
  if (a.signal.frames !== b.signal.frames) {
    return `The runs have ${a.signal.frames} and ${b.signal.frames} frames: the frame of the same number is shown, or the last.`;
  }
  return null;
}
