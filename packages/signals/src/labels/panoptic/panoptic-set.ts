import type { Extent } from '../../size.js';
import type { Annotated } from '../match-frames.js';
import type { AnnotationEntry, Category, ImageEntry } from './panoptic-json.js';

/** A panoptic annotation as its layout is understood: videos of annotated frames, and where their PNGs may lie. */
export interface PanopticSet {
  /** The JSON file. */
  readonly path: string;
  /** For people: "COCO panoptic". */
  readonly format: string;
  readonly categories: readonly Category[];
  readonly videos: readonly PanopticVideo[];
}

export interface PanopticVideo {
  /** As the data set calls it; `undefined` where images are not sorted into videos. */
  readonly id: string | undefined;
  /** In order of time. */
  readonly frames: readonly PanopticFrame[];
  /** Folders that may hold the PNGs, the likeliest first. */
  readonly folders: readonly string[];
}

export interface PanopticFrame extends Annotated {
  readonly entry: AnnotationEntry;
  /** The size of the image, where the file says. */
  readonly extent: Extent | undefined;
}

/** Each annotation with its image. */
export function panopticFrames(
  annotations: readonly AnnotationEntry[],
  images: readonly ImageEntry[],
  namesOf: (entry: AnnotationEntry, image: ImageEntry | undefined) => readonly string[],
): PanopticFrame[] {
  const byId = new Map(images.map((image) => [image.id, image]));
  return annotations.map((entry) => {
    const image = byId.get(entry.image_id);
    const { height, width } = image ?? {};
    return {
      entry,
      names: namesOf(entry, image),
      extent: height !== undefined && width !== undefined ? { height, width } : undefined,
    };
  });
}
