import { type Frame, type Signal, XincError } from '@xinc/core';
import type { Framing } from './framing.js';
import type { Orientation } from './orientation.js';

/** Where one frame of a signal came from: what is needed to lay annotations over it. */
export interface FrameOrigin {
  /** The file's name without its extension, or `frame-0007` for a frame of a clip. */
  readonly name: string;
  /** Its place in the file or folder, before `frames` took some. */
  readonly index: number;
  readonly framing: Framing;
  /** How it was turned on reading, if it was. */
  readonly orientation?: Orientation;
}

/** A signal read from a file or folder. */
export interface SourceSignal extends Signal {
  /** One per frame. */
  readonly origins: readonly FrameOrigin[];
  /** How many pictures the file has, where one of several was taken. */
  readonly pictures?: number;
  /** Gives back the memory of frames that are kept; none can be read afterwards. Absent where none are kept. */
  release?(): void;
}

/** `frame-0007`. */
export function frameName(index: number): string {
  return `frame-${String(index).padStart(4, '0')}`;
}

/** A frame's reader behind a check of the index, as `Signal.frame` promises it. */
export function frameReader(
  path: string,
  count: number,
  read: (index: number) => Frame | Promise<Frame>,
): Signal['frame'] {
  return async (index) => {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      const frames = count === 1 ? 'its only frame is 0' : `its frames are 0 to ${count - 1}`;
      throw new XincError('not-found', `${path}: there is no frame ${index}; ${frames}`, { subject: path });
    }
    return read(index);
  };
}
