/** Which frames of a network the frames of a signal are, and of how many, where that is said. */
export interface FrameList {
  readonly frames: readonly number[];
  readonly of: number | null;
}

const MOST_FRAMES = 1_000_000;
const FORMS = 'write frames as 10:20, 0:40:10 or 0,7,9, and of how many they are as 10:20/100';

/**
 * `10:20`, `0:40:10`, `0,7,9` or `5`, each with `/100` behind it for the number of the network's frames.
 * @returns what is wrong with the text, where it is none of these
 */
export function parseFrameList(text: string): FrameList | string {
  const [, list, count] = /^\s*([\d,:\s]+?)\s*(?:\/\s*(\d{1,7})\s*)?$/.exec(text) ?? [];
  if (list === undefined) return FORMS;
  const frames: number[] = [];
  for (const part of list.split(',')) {
    const [, first, stop, step = '1'] =
      /^\s*(\d{1,7})(?:\s*:\s*(\d{1,7})(?:\s*:\s*([1-9]\d{0,6}))?)?\s*$/.exec(part) ?? [];
    if (first === undefined) return FORMS;
    const end = stop === undefined ? Number(first) + 1 : Number(stop);
    for (let frame = Number(first); frame < end; frame += Number(step)) {
      frames.push(frame);
      if (frames.length > MOST_FRAMES) return `it names more than ${MOST_FRAMES} frames`;
    }
  }
  const of = count === undefined ? null : Number(count);
  if (frames.length === 0) return 'it names no frame';
  const beyond = of === null ? undefined : frames.find((frame) => frame >= of);
  return beyond === undefined ? { frames, of } : `it names frame ${beyond} of ${of}: they are 0 to ${Number(of) - 1}`;
}
