import { type Setting, wholes } from './setting.js';

/** Which part of a picture is seen: all panels that show the picture show this part. */
export interface Zoom {
  /** How many times larger than the whole picture would be; at least 1. */
  readonly scale: number;
  /** The middle of what is seen, in shares of the picture's width and height from the top left. */
  readonly x: number;
  readonly y: number;
}

/** The whole picture. */
export const WHOLE: Zoom = { scale: 1, x: 0.5, y: 0.5 };

/** As large as a picture may be shown, whatever its size. */
const MOST = 256;
/** Pixels of the shorter side that are seen at least. */
const LEAST_PIXELS = 4;

/** The largest scale for a picture. */
export function mostZoom({ height, width }: { readonly height: number; readonly width: number }): number {
  return Math.min(MOST, Math.max(1, Math.min(height, width) / LEAST_PIXELS));
}

/** The nearest view whose frame the picture fills. */
export function clampZoom({ scale, x, y }: Zoom, most: number = MOST): Zoom {
  const within = Math.min(most, Math.max(1, scale));
  if (within === 1) return WHOLE;
  const half = 0.5 / within;
  const middle = (share: number) => Math.min(1 - half, Math.max(half, share));
  return { scale: within, x: middle(x), y: middle(y) };
}

/** A point of the frame as a point of the picture, both in shares from the top left. */
export function throughZoom({ scale, x, y }: Zoom, [u, v]: readonly [number, number]): readonly [number, number] {
  return [x + (u - 0.5) / scale, y + (v - 0.5) / scale];
}

/** The view of another scale in which the picture's point under a point of the frame stays there. */
export function zoomAt(zoom: Zoom, factor: number, [u, v]: readonly [number, number], most: number): Zoom {
  const [px, py] = throughZoom(zoom, [u, v]);
  const scale = Math.min(most, Math.max(1, zoom.scale * factor));
  return clampZoom({ scale, x: px - (u - 0.5) / scale, y: py - (v - 0.5) / scale }, most);
}

/** The view after the picture was moved by shares of the frame's width and height. */
export function panBy(zoom: Zoom, right: number, down: number): Zoom {
  return clampZoom({ scale: zoom.scale, x: zoom.x - right / zoom.scale, y: zoom.y - down / zoom.scale });
}

/** The nearest view in which a point of the picture, in shares of it, lies no nearer to the frame's edge than a tenth of the frame. */
export function reveal(zoom: Zoom, [px, py]: readonly [number, number]): Zoom {
  const reach = 0.4 / zoom.scale;
  const towards = (middle: number, point: number) => Math.min(point + reach, Math.max(point - reach, middle));
  return clampZoom({ scale: zoom.scale, x: towards(zoom.x, px), y: towards(zoom.y, py) });
}

/** Where the whole picture lies, in percent of the frame: a style. */
export function zoomStyle({ scale, x, y }: Zoom): string {
  const percent = (share: number) => `${Number((100 * share).toFixed(4))}%`;
  return `left:${percent(0.5 - x * scale)};top:${percent(0.5 - y * scale)};width:${percent(scale)};height:${percent(scale)}`;
}

/** In the address: the scale in percent, the middle in ten-thousandths of width and height: `zoom=400,6120,3500`. */
export const zoomSetting: Setting<Zoom> = {
  key: 'zoom',
  initial: WHOLE,
  format: ({ scale, x, y }) => [100 * scale, 1e4 * x, 1e4 * y].map(Math.round).join(),
  parse: (text) => {
    const values = wholes(text, 3);
    if (!values) return undefined;
    const zoom = { scale: values[0] / 100, x: values[1] / 1e4, y: values[2] / 1e4 };
    return zoom.scale >= 1 && zoom.scale <= MOST && zoom.x <= 1 && zoom.y <= 1 ? zoom : undefined;
  },
};
