import type { SourceSignal } from '../signal-source.js';
import type { GroupNames } from './group-names.js';
import type { LabelValues } from './label-values.js';

/** The signal that an annotation is of: its frames' origins, and where it was read from. */
export type AnnotatedSignal = Pick<SourceSignal, 'origins'> & {
  readonly source?: Pick<SourceSignal['source'], 'path'>;
};

/** The annotation of a signal, opened: it is known which file belongs to which frame. */
export interface Annotation {
  /** For people: "label maps", "COCO panoptic". */
  readonly format: string;
  /** Whether values mean what conventions of label maps say: void codes, smooth edges. Other annotations say it themselves. */
  readonly conventional: boolean;
  /** What was noticed on opening, in words. */
  readonly notes?: readonly string[];
  /** The annotation of a frame, by its index in the signal. */
  read(frame: number): Promise<FrameAnnotation>;
}

/** What is annotated on one frame, at the size it was stored at. */
export interface FrameAnnotation {
  /** The file with the pixels, for messages. */
  readonly path: string;
  /** Equal values are one object, on this frame and on all others; 0 is what nothing is said about. */
  readonly map: LabelValues;
  readonly names: GroupNames;
}
