import type { FigureMoment, RequestContext, SignalShape } from '@xinc/core';
import { z } from 'zod';
import { spread } from '../numeric/spread.js';

/** ` on frame 7` for a video, nothing for an image. */
export const frameWords = (signal: SignalShape, frame: number): string =>
  signal.kind === 'video' ? ` on frame ${frame}` : '';

/** `-frame-0007` for a video, nothing for an image: the end of a figure's name. */
const frameSuffix = (signal: SignalShape, frame: number): string =>
  signal.kind === 'video' ? `-${frameKey(frame)}` : '';

/** What a figure of one frame is called; for a video it is one moment of the series of that name. */
export const figureOfFrame = (
  signal: SignalShape,
  series: string,
  frame: number,
): { readonly name: string; readonly moment?: FigureMoment } => ({
  name: `${series}${frameSuffix(signal, frame)}`,
  ...(signal.kind === 'video' && { moment: { series, frame } }),
});

/** ` (mean over frames)` where a layer has items of several frames. */
export const meanWords = (layers: readonly { readonly items: readonly unknown[] }[]): string =>
  layers.some(({ items }) => items.length > 1) ? ' (mean over frames)' : '';

/** `frame-0007`, as in the names of folders and in `values`. */
export const frameKey = (frame: number): string => `frame-${String(frame).padStart(4, '0')}`;

export const drawnFramesOption = z
  .int()
  .min(1)
  .max(100)
  .default(4)
  .describe('Frames to draw, evenly spread; arrays and tables cover all');

/** The frames that figures show, and a note about the others. */
export function framesToDraw(
  { frames }: RequestContext,
  limit: number,
): { readonly drawn: readonly number[]; readonly notes: string[] } {
  const drawn = spread(frames, limit);
  return {
    drawn,
    notes:
      drawn.length < frames.length
        ? [`Figures show ${drawn.length} of ${frames.length} frames; arrays and tables cover all.`]
        : [],
  };
}
