/**
 * Which frame of a video is on screen: `3 of 0–29`. Frames are counted from 0, as by the command line and in the names of files.
 */
export const frameOf = (frame: number, frames: number): string => `${frame} of 0–${frames - 1}`;
