import type { LabelMap } from '@xinc/core';
import { isFolder, readHead } from '../source-file.js';
import type { AnnotatedSignal, Annotation } from './annotation.js';
import { frameLabels, labelNotes, unifyGroups } from './label-map.js';
import { listLabelMaps, openLabelMap, openLabelMapFolder } from './label-map-files.js';
import { openPanopticFile, openPanopticFolder } from './panoptic/open-panoptic.js';

/** The annotation of a signal, laid over its frames. */
export interface SignalLabels {
  /** What the annotation is, for people: "label maps", "COCO panoptic", "Cityscapes-VPS", "VIPSeg". */
  readonly format: string;
  /** One per frame, all with the same groups: an object has the same index and colour wherever it appears. */
  readonly frames: readonly LabelMap[];
  /** What was noticed, in words: instances that cropping or resizing lost, frames without any. */
  readonly notes: readonly string[];
}

/**
 * Reads the annotation of every frame of a signal, cropped and resized as the frame was, nearest neighbour. What it is,
 * its contents say:
 *
 * - a palette PNG (the index is the label), a grey PNG of up to 16 bits or a `.npy` of integers [H, W], for an image;
 * - a folder of them for a video, such as a sequence of DAVIS. They belong to the frames of the same name (`00007.jpg`,
 *   `00007.png`), or, where no name fits, to the frames in order;
 * - the JSON file of a COCO panoptic annotation, with its folder of RGB-coded PNGs beside it;
 * - the JSON file or the folder of Cityscapes-VPS or VIPSeg, or the folder with the PNGs of one of their videos.
 *
 * Value 0 is the group "other". Label maps hold things ("instance 1", …) unless a JSON file beside them says otherwise;
 * panoptic annotations bring categories, things and stuff.
 *
 * @throws XincError `conflict` naming both sizes if a map is neither of the picture's size nor of the frame's; `not-found`
 *   naming the frames that have no map; `invalid-file` for damaged files and those that contradict themselves;
 *   `unsupported` for what has too many objects or pixels; `io`.
 * @example
 * const signal = await openSignal('street.jpg', { size: { longest: 256 } });
 * const { frames, notes } = await readSignalLabels('street.png', signal);
 */
export async function readSignalLabels(path: string, signal: AnnotatedSignal): Promise<SignalLabels> {
  const annotation = await openAnnotation(path, signal);
  const framings = signal.origins.map(({ framing }) => framing);
  const framed = [];
  for (const [frame, framing] of framings.entries()) framed.push(frameLabels(await annotation.read(frame), framing));
  const notes = labelNotes(framed, framings);
  return { format: annotation.format, frames: unifyGroups(path, framed), notes };
}

async function openAnnotation(path: string, signal: AnnotatedSignal): Promise<Annotation> {
  if (!(await isFolder(path))) {
    return (await isJson(path)) ? openPanopticFile(path, signal) : openLabelMap(path, signal);
  }
  const maps = await listLabelMaps(path);
  return (await openPanopticFolder(path, maps, signal)) ?? openLabelMapFolder(path, maps, signal);
}

/** Whether a file begins as a JSON object or list does. */
async function isJson(path: string): Promise<boolean> {
  const start = new TextDecoder().decode(await readHead(path, 64)).trimStart();
  return start.startsWith('{') || start.startsWith('[');
}
