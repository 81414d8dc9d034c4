import { detectFileKind } from './file-kind.js';
import { type FramingOptions, planFraming } from './framing.js';
import { readImageHeader } from './image/decode.js';
import { openSignal } from './open-signal.js';
import { orAbort } from './pause.js';
import type { Extent } from './size.js';
import { isFolder, readHead, readSourceFile } from './source-file.js';

export interface SignalExtentOptions extends FramingOptions {
  readonly abort?: AbortSignal;
}

/**
 * Height and width in pixels of a signal's frames, as `openSignal` gives them with the same crop and size, without decoding it: a picture's header is
 * read, or that of a folder's first, and the beginning of a video is decoded.
 * @throws XincError as `openSignal`
 */
export async function signalExtent(path: string, options: SignalExtentOptions = {}): Promise<Extent> {
  if (!(await isFolder(path))) {
    const { kind } = await detectFileKind(path, await readHead(path));
    if (kind === 'image') {
      const bytes = await orAbort(readSourceFile(path), options.abort);
      return planFraming(path, await readImageHeader(path, bytes, options.size !== undefined), options).output;
    }
  }
  const { height, width } = (await openSignal(path, { ...options, frames: { start: 0, stop: 1 } })).shape;
  return { height, width };
}
