import type { Pixel } from '../../state/view.js';

export interface Extents {
  readonly height: number;
  readonly width: number;
}

/** The largest extents of a picture's proportions that fit into a room; a picture of no pixels has none. */
export function fitInside(room: Extents, picture: Extents): Extents {
  if (picture.height < 1 || picture.width < 1) return { height: 0, width: 0 };
  const scale = Math.max(0, Math.min(room.height / picture.height, room.width / picture.width));
  return { height: picture.height * scale, width: picture.width * scale };
}

/** A point of the picture, in shares of it from the top left, in its own pixels; may lie outside it. */
export function pointOn([x, y]: readonly [number, number], picture: Extents): readonly [x: number, y: number] {
  return [x * picture.width, y * picture.height];
}

/** The pixel that a point lies in, the nearest one for points outside. */
export function pixelAt([x, y]: readonly [number, number], { height, width }: Extents): Pixel {
  const within = (value: number, extent: number) => Math.min(extent - 1, Math.max(0, Math.floor(value)));
  return { row: within(y, height), column: within(x, width) };
}
