import type { LabelMap } from '@xinc/core';
import { pause } from '../pause.js';
import { isFolder, readHead } from '../source-file.js';
import type { AnnotatedSignal, Annotation } from './annotation.js';
import { type FramedLabels, frameLabels, frameList, labelNotes, merged, unifyGroups } from './label-map.js';
import { listLabelMaps, openLabelMap, openLabelMapFolder } from './label-map-files.js';
import { decideMeaning, type Meaning } from './meaning.js';
import { type LabelsOrientation, turnLabels } from './orientation.js';
import { openPanopticFile, openPanopticFolder } from './panoptic/open-panoptic.js';
import { type Survey, surveyValues } from './survey.js';
import type { VoidValues } from './void-values.js';

export interface LabelOptions {
  /** Values (in panoptic annotations, ids) that are no object; told from the values themselves unless given. Empty: none. */
  readonly void?: VoidValues;
  /** Whether labels lie on the picture as stored or as shown, where EXIF or a clip's rotation turned it. */
  readonly orientation?: LabelsOrientation;
  readonly abort?: AbortSignal;
}

/** The annotation of a signal, laid over its frames. */
export interface SignalLabels {
  /** What the annotation is, for people: "label maps", "COCO panoptic", "Cityscapes-VPS", "VIPSeg". */
  readonly format: string;
  /** One per frame, all with the same groups: an object has the same index and colour wherever it appears. */
  readonly frames: readonly LabelMap[];
  /** What was assumed and noticed, in words: void values, turned maps, instances that cropping or resizing lost. */
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
 * Value 0 and void are the group "other": what is void (255, 10000, −1, 65535, Cityscapes' unlabelled classes) is told from
 * the values of all frames, and said in the notes. Masks with smooth edges are divided at half. Maps drawn on the stored
 * pixels of a picture that EXIF turns are turned as well. Label maps hold things ("instance 1", …) unless a JSON file beside them says otherwise;
 * panoptic annotations bring categories, things and stuff.
 *
 * @throws XincError `conflict` naming both sizes if a map is neither of the picture's size nor of the frame's; `not-found`
 *   naming the frames that have no map; `invalid-file` for damaged files and those that contradict themselves;
 *   `unsupported` for what has too many objects or pixels; `io`; `cancelled`.
 * @example
 * const signal = await openSignal('street.jpg', { size: { longest: 256 } });
 * const { frames, notes } = await readSignalLabels('street.png', signal);
 */
export async function readSignalLabels(
  path: string,
  signal: AnnotatedSignal,
  options: LabelOptions = {},
): Promise<SignalLabels> {
  const { abort } = options;
  const annotation = await openAnnotation(path, signal, options.void);
  const framings = signal.origins.map(({ framing }) => framing);
  const survey: Survey = new Map();
  const paths: string[] = [];
  const turned = new Map<string, number[]>();
  let graded = true;
  let framed: FramedLabels[] = [];
  for (const [frame, { framing, orientation }] of signal.origins.entries()) {
    await pause(abort);
    const read = await annotation.read(frame);
    const { map, note } = turnLabels(read.path, read.map, orientation, framing, options.orientation);
    if (note !== undefined) turned.set(note, [...(turned.get(note) ?? []), frame]);
    framed.push(await frameLabels({ ...read, map }, framing, abort));
    if (annotation.conventional) await surveyValues(read.map, survey, abort);
    graded &&= read.map.colors === undefined;
    paths.push(read.path);
  }
  const notes = [...(annotation.notes ?? [])];
  for (const [note, at] of turned) notes.push(at.length === framed.length ? note : `${note} (${frameList(at)})`);
  if (annotation.conventional) {
    const names = merged(framed.map((frame) => frame.names));
    const meaning = decideMeaning({ paths, survey, names, graded }, options.void);
    notes.push(...meaning.notes);
    framed = framed.map((frame) => applyMeaning(frame, meaning));
  }
  notes.push(...labelNotes(framed, framings));
  return { format: annotation.format, frames: unifyGroups(path, framed), notes };
}

/** Labels whose values mean what was decided; what became another value is not lost. */
function applyMeaning(frame: FramedLabels, { become, names }: Meaning): FramedLabels {
  const kept = (values: readonly number[]) => values.filter((value) => !become.has(value));
  return {
    ...frame,
    values: frame.values.map((value) => become.get(value) ?? value),
    names: merged([frame.names, names]),
    cropped: kept(frame.cropped),
    resized: kept(frame.resized),
  };
}

async function openAnnotation(path: string, signal: AnnotatedSignal, voids?: VoidValues): Promise<Annotation> {
  if (!(await isFolder(path))) {
    return (await isJson(path)) ? openPanopticFile(path, signal, voids) : openLabelMap(path, signal);
  }
  const maps = await listLabelMaps(path);
  return (await openPanopticFolder(path, maps, signal, voids)) ?? openLabelMapFolder(path, maps, signal);
}

/** Whether a file begins as a JSON object or list does. */
async function isJson(path: string): Promise<boolean> {
  const start = new TextDecoder().decode(await readHead(path, 64)).trimStart();
  return start.startsWith('{') || start.startsWith('[');
}
