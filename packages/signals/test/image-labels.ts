import type { LabelMap } from '@xinc/core';
import type { Framing } from '../src/framing.js';
import { readSignalLabels } from '../src/labels/read-labels.js';

/** The annotation of an image, with its notes. */
export async function readLabels(
  path: string,
  framing: Framing,
  name = 'photo',
): Promise<LabelMap & { notes: readonly string[] }> {
  const { frames, notes } = await readSignalLabels(path, { origins: [{ name, index: 0, framing }] });
  return { ...frames[0], notes };
}
