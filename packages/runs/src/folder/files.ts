/** `frame-0000`: what the files of a frame are called. */
export const frameName = (frame: number): string => `frame-${String(frame).padStart(4, '0')}`;

/** The frame that a file of a label map is of: `frame-0007.json` → 7. `undefined` for other files. */
export function labelledFrame(file: string): number | undefined {
  const [, frame] = /^frame-(\d+)\.json$/.exec(file) ?? [];
  return frame === undefined ? undefined : Number(frame);
}

/** Folders of a run that have one entry for each grouping, and each analysis. */
const LABELS = 'signal/labels';
const ANALYSES = 'analysis';

/** Where the files of a run lie, inside its folder, with `/` between the names. docs/results.md says what they hold. */
export const RUN_FILES = {
  manifest: 'run.json',
  /** Is there while a process writes. */
  lock: 'xinc.lock',
  /** Is there once training has finished, or the run was imported. */
  weights: 'weights.safetensors',
  trainingLog: 'training.jsonl',
  /** Is there while training has not finished. */
  trainingState: 'training-state.safetensors',
  report: 'report.html',
  /** Neurons that somebody marked, with notes. */
  stars: 'stars.json',
  /** Is there while stars are written. */
  starsLock: 'stars.lock',
  signal: 'signal',
  frame: (frame: number): string => `signal/${frameName(frame)}.png`,
  labels: LABELS,
  /** The folder of the label maps of one grouping. */
  labelsOf: (grouping: string): string => `${LABELS}/${grouping}`,
  /** A label map is a .png of labels and a .json of groups: this, and the ending. */
  labelMap: (grouping: string, frame: number): string => `${LABELS}/${grouping}/${frameName(frame)}`,
  /** What a grouping was called when it was asked for. */
  groupingNote: (grouping: string): string => `${LABELS}/${grouping}/grouping.json`,
  /** What was noticed about labels that the user gave. */
  labelNotes: (grouping: string): string => `${LABELS}/${grouping}/notes.json`,
  analyses: ANALYSES,
  /** The folder of one analysis. */
  analysis: (name: string): string => `${ANALYSES}/${name}`,
  /** A file that the result of an analysis names. */
  analysisFile: (name: string, file: string): string => `${ANALYSES}/${name}/${file}`,
  result: (analysis: string): string => `${ANALYSES}/${analysis}/result.json`,
  omissions: `${ANALYSES}/omissions.json`,
} as const;
