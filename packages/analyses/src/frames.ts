import type { SignalShape } from '@xinc/core';

/** ` on frame 7` for a video, nothing for an image. */
export const frameWords = (signal: SignalShape, frame: number): string =>
  signal.kind === 'video' ? ` on frame ${frame}` : '';

/** `-frame-0007` for a video, nothing for an image: the end of a figure's name. */
export const frameSuffix = (signal: SignalShape, frame: number): string =>
  signal.kind === 'video' ? `-frame-${String(frame).padStart(4, '0')}` : '';
