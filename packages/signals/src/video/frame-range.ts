import { invalidSetting, XincError } from '@xinc/core';

/** Which frames of a clip to take, as a Python slice: `stop` is exclusive, negative numbers count from the end. */
export interface FrameRange {
  readonly start?: number;
  readonly stop?: number;
  readonly step?: number;
}

/** A range of a clip whose length is known: frames start, start + step, …, count of them. */
export interface ResolvedRange {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/**
 * A range in words: `a:b:step` as in a Python slice, each part optional (`10:40`, `::2`, `-8:`), or one frame.
 * @throws XincError `invalid-option` naming the forms expected.
 */
export function parseFrameRange(text: string): FrameRange {
  const single = /^\s*(-?\d{1,9})\s*$/.exec(text)?.[1];
  if (single !== undefined) {
    const start = Number(single);
    return start === -1 ? { start } : { start, stop: start + 1 };
  }
  const match = /^\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*(?::\s*(-?\d{1,9})?\s*)?$/.exec(text);
  if (!match) {
    throw invalidSetting('frames', text, {
      expected: 'START:STOP:STEP such as 0:30, 10:, ::2 or -8:, or one frame',
    });
  }
  const [start, stop, step] = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  if (step !== undefined && step < 1) throw invalidSetting('frames', text, { problem: 'the step must be 1 or more' });
  return {
    ...(start === undefined ? {} : { start }),
    ...(stop === undefined ? {} : { stop }),
    ...(step === undefined ? {} : { step }),
  };
}

/** `10:40:2`: how ranges are written in messages. */
export function formatFrameRange({ start, stop, step }: FrameRange): string {
  return `${start ?? ''}:${stop ?? ''}${step === undefined ? '' : `:${step}`}`;
}

/** Whether the range can only be resolved once the clip's length is known. */
export function needsLength({ start = 0, stop = 0 }: FrameRange): boolean {
  return start < 0 || stop < 0;
}

/**
 * The frames that a range takes of a clip of `length` frames, as Python's `slice.indices` has it. With a `length` of
 * Infinity, `count` is Infinity for a range without a stop.
 */
export function resolveFrameRange({ start = 0, stop, step = 1 }: FrameRange, length: number): ResolvedRange {
  const clamp = (index: number) => Math.min(Math.max(index < 0 ? index + length : index, 0), length);
  const from = clamp(start);
  const to = clamp(stop ?? length);
  return { start: from, step, count: Math.max(0, Math.ceil((to - from) / step)) };
}

/** The error for a range that takes nothing of a clip of `length` frames. */
export function emptyRange(path: string, range: FrameRange, length: number): XincError {
  const frames = length === 1 ? 'one frame, 0' : `${length} frames, 0 to ${length - 1}`;
  const found = formatFrameRange(range);
  return new XincError('invalid-option', `\`frames: ${found}\` takes no frame: ${path} has ${frames}`, {
    setting: 'frames',
    found,
  });
}

/** What a range did, in words: nothing if none was given. `asked` is how many frames a known stop promised. */
export function rangeNotes(range: FrameRange, taken: number, asked = taken): string[] {
  if (Object.values(range).every((part) => part === undefined)) return [];
  const short = Number.isFinite(asked) && taken < asked ? `; the clip ends before the ${asked} asked for` : '';
  return [`${taken} ${taken === 1 ? 'frame' : 'frames'} taken by \`frames: ${formatFrameRange(range)}\`${short}`];
}
