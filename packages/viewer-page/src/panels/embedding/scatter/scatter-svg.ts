import type { SvgDocument } from '../../../components/save/png-of.js';
import { type Camera, type Room, toScreen } from './camera.js';

/** Points of a plane as they are on screen. */
export interface DrawnPoints {
  /** [n, 2] */
  readonly places: Float32Array;
  readonly categories: ArrayLike<number>;
  readonly colors: readonly string[];
  readonly selected: readonly number[];
  readonly camera: Camera;
  readonly room: Room;
  /** Diameter of a point, in pixels. */
  readonly size: number;
  readonly opacity: number;
  /** Opacity of what is not selected, where something is. */
  readonly faded: number;
}

/** The points within the room as a drawing, those that are selected above the others. */
export function scatterSvg({
  places,
  categories,
  colors,
  selected,
  camera,
  room,
  size,
  opacity,
  faded,
}: DrawnPoints): SvgDocument {
  const chosen = new Set(selected);
  const below: string[] = [];
  const above: string[] = [];
  for (let i = 0; i < places.length / 2; i++) {
    const [x, y] = toScreen(camera, room, [places[2 * i], places[2 * i + 1]]);
    if (!(x >= 0 && y >= 0 && x <= room.width && y <= room.height)) continue;
    const shown = chosen.size === 0 || chosen.has(i) ? opacity : faded;
    const circle = `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${size / 2}" fill="${colors[categories[i]] ?? colors[0]}" fill-opacity="${shown}"/>`;
    (chosen.has(i) ? above : below).push(circle);
  }
  return { text: [...below, ...above].join('\n'), width: room.width, height: room.height };
}
