import type { Checkpoint } from '@xinc/checkpoints';
import type { SignalShape } from '@xinc/core';
import { z } from 'zod';

const extent = z.number().int().min(1);
const shapeSchema = z.object({ kind: z.enum(['image', 'video']), frames: extent, height: extent, width: extent });

/** The shape of the signal that `xinc export` writes beside the weights; `undefined` for files of other programs. */
export function describedSignal({ metadata: { xinc, signal } }: Checkpoint): SignalShape | undefined {
  if (typeof xinc !== 'string' || typeof signal !== 'string') return undefined;
  try {
    return shapeSchema.safeParse(JSON.parse(signal)).data;
  } catch {
    return undefined;
  }
}
