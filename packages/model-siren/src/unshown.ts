import { COORDINATE_RULES } from '@xinc/core';
import { sharedSchema } from './family.js';

/** Settings of every family that the shapes of its weights do not show, with the values that published code gives them. */
export const unshown = {
  coordinates: COORDINATE_RULES,
  axes: sharedSchema.shape.axes.unwrap().options,
  time: sharedSchema.shape.time.unwrap().options,
  output: sharedSchema.shape.output.unwrap().options,
} as const;

/** Those that networks of images do not depend on. */
export const ofVideosOnly = ['time'] as const;
