/**
 * How the plane lies in its room: a place p of the plane is at `scale` · p + (x, y) of the room, whose height is 2, whose middle is
 * (0, 0) and whose y goes upward.
 */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Width and height of the room on the screen, in pixels. */
export interface Room {
  readonly width: number;
  readonly height: number;
}

/** A place of the screen in pixels from the room's top left, y downward. */
export type ScreenPlace = readonly [x: number, y: number];

export const WHOLE: Camera = { x: 0, y: 0, scale: 1 };

const [SMALLEST, LARGEST] = [0.2, 500];

export function panned({ x, y, scale }: Camera, { height }: Room, [dx, dy]: ScreenPlace): Camera {
  return { x: x + (2 * dx) / height, y: y - (2 * dy) / height, scale };
}

/** Enlarged by a factor about a place of the screen, which stays where it is; within limits. */
export function zoomed(camera: Camera, room: Room, factor: number, at: ScreenPlace): Camera {
  const scale = Math.min(LARGEST, Math.max(SMALLEST, camera.scale * factor));
  const by = scale / camera.scale;
  const [x, y] = roomPlace(room, at);
  return { x: x + by * (camera.x - x), y: y + by * (camera.y - y), scale };
}

export function toScreen(
  { x, y, scale }: Camera,
  { width, height }: Room,
  [px, py]: readonly [number, number],
): ScreenPlace {
  return [(width + height * (x + scale * px)) / 2, (height - height * (y + scale * py)) / 2];
}

/** The place of the plane that is at a place of the screen. */
export function toPlane(camera: Camera, room: Room, at: ScreenPlace): [x: number, y: number] {
  const [x, y] = roomPlace(room, at);
  return [(x - camera.x) / camera.scale, (y - camera.y) / camera.scale];
}

function roomPlace({ width, height }: Room, [x, y]: ScreenPlace): [x: number, y: number] {
  return [(2 * x - width) / height, (height - 2 * y) / height];
}
