import { basename, parse } from 'node:path';
import { XincError } from '@xinc/core';
import type { AnnotatedSignal } from '../annotation.js';
import { listSome, matchNames, matchOrder, missingFrames } from '../match-frames.js';
import type { PanopticFrame, PanopticSet, PanopticVideo } from './panoptic-set.js';

/** A video of a data set whose frames are those of the signal. */
export interface ChosenVideo {
  readonly set: PanopticSet;
  readonly video: PanopticVideo;
  /** One per frame of the signal. */
  readonly frames: readonly PanopticFrame[];
}

/**
 * The video whose frames are named like the signal's; of several, and where no name fits, the one that is called like the
 * signal or the folder given; where there is but one, its frames in order.
 */
export function chooseVideo(
  path: string,
  sets: readonly PanopticSet[],
  { origins, source }: AnnotatedSignal,
): ChosenVideo {
  const all = sets.flatMap((set) =>
    set.videos.map((video) => ({ set, video, named: matchNames(video.frames, origins) })),
  );
  const called = new Set([path, source?.path ?? ''].flatMap((name) => [basename(name), parse(name).name]));
  // The files of a data set repeat its videos: one holds all, others those of a split.
  const once = (of: typeof all) =>
    of.filter(({ video: { id } }, i) => id === undefined || of.findIndex((other) => other.video.id === id) === i);
  const fitting = once(all.filter(({ named }) => named.every((frame) => frame !== undefined)));
  const ofName = (of: typeof all) => of.filter(({ video }) => video.id !== undefined && called.has(video.id));
  const [only, ...others] = fitting.length > 1 && ofName(fitting).length > 0 ? ofName(fitting) : fitting;
  if (only && others.length === 0) return { ...only, frames: only.named as PanopticFrame[] };
  if (only) {
    const ids = fitting.map(({ set, video }) => video.id ?? set.path);
    throw new XincError('usage', `${path}: ${fitting.length} videos have frames of these names: ${listSome(ids)}`, {
      subject: path,
      hint: `Give the folder with the PNGs of one of them, such as ${fitting[0].video.folders[0]}.`,
    });
  }
  const matches = ({ named }: (typeof all)[number]) => named.filter((frame) => frame !== undefined).length;
  const [partial] = (ofName(all).some(matches) ? ofName(all) : all).toSorted((a, b) => matches(b) - matches(a));
  if (partial && matches(partial) > 0) throw missingFrames(partial.set.path, 'annotation', partial.named, origins);
  const [candidate, ...rest] = once(ofName(all).length > 0 ? ofName(all) : all);
  if (candidate && rest.length === 0) {
    const { frames, id } = candidate.video;
    // Images that are not of one video have an order, which means nothing.
    const inOrder = id !== undefined || frames.length === origins.length ? matchOrder(frames, origins) : undefined;
    if (inOrder) return { ...candidate, frames: inOrder };
  }
  const example = all[0]?.video.frames[0]?.names[0];
  const names = origins.map(({ name }) => name);
  throw new XincError('not-found', `${path}: no annotation is named like the signal (${listSome(names, 2)})`, {
    subject: path,
    hint:
      example === undefined
        ? 'It holds no annotations at all.'
        : `Its images are named like ${example}; name the signal's files so.`,
  });
}
