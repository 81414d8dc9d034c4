import { Breach } from '../doors/breach.js';
import { describeThrown } from '../doors/fault.js';
import { isXincError } from '../errors.js';
import { type GroupingContext, type GroupingPlugin, groupSizes, type LabelMap } from '../grouping.js';
import type { Frame, Signal, SignalShape } from '../signal.js';
import { firstUnlike } from './difference.js';
import { smallPicture, smallVideo } from './signals.js';
import { settingsOf, type UnderTest, underTest } from './under-test.js';

export interface GroupingCheckOptions {
  /** By default the defaults of the grouping. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** By default `smallPicture()` and `smallVideo()`. */
  readonly signals?: readonly Signal[];
}

/** What a grouping made of a frame. */
export interface GroupingMeasures {
  readonly signal: SignalShape;
  readonly frame: number;
  readonly groups: number;
  /** Groups that have no pixel of the frame. */
  readonly empty: number;
}

/**
 * Checks a grouping as a reviewer would: label maps of the picture's size with every label in range and every group named, the same each
 * time and whatever the seed of the run, also of pictures of one colour, of one pixel, and of one row; of a video, groups that are the same
 * things on all frames, and each time, where the grouping finds them together. A picture that is too small for it is refused in its own words.
 * @returns what it made of each frame
 * @throws XincError `plugin` that says what is wrong, and of which picture
 */
export async function checkGrouping<C>(
  grouping: GroupingPlugin<C>,
  { options, signals = [smallPicture(), smallVideo()] }: GroupingCheckOptions = {},
): Promise<readonly GroupingMeasures[]> {
  const tested = underTest(grouping as GroupingPlugin) as UnderTest<GroupingPlugin<C>>;
  const { plugin } = tested;
  const settings = settingsOf(tested as UnderTest<GroupingPlugin>, 'options', plugin.options, options);
  checkForm(tested);
  const measures: GroupingMeasures[] = [];
  for (const signal of signals) {
    const { shape } = signal;
    plugin.check?.(settings, shape);
    for (let frame = 0; frame < shape.frames; frame++) {
      const map = await labelTwice(tested, settings, await signal.frame(frame), shape, frame, `label, frame ${frame}`);
      measures.push({ signal: shape, frame, ...countGroups(map) });
    }
    if (plugin.fit) await checkFit(tested, settings, signal);
  }
  for (const [what, picture] of degeneratePictures()) await checkDegenerate(tested, settings, what, picture);
  return measures;
}

/** The short form that people see is one that is read: of several, the first. */
function checkForm<C>({ plugin, fail }: UnderTest<GroupingPlugin<C>>): void {
  const { form, parse, name } = plugin;
  if (form === undefined) return;
  const text = form.startsWith(`${name}:`) ? /^[^\s,()]+/.exec(form.slice(name.length + 1))?.[0] : undefined;
  if (!parse || text === undefined) {
    throw fail('form', `'${form}' is no short form of '${name}'`, `Write '${name}:' and what parse reads.`);
  }
  const parsed = plugin.options.safeParse(parse.call(plugin, text));
  if (parsed.success) return;
  throw fail('form', `'${name}:${text}' gives options that it refuses: ${parsed.error.issues[0].message}`);
}

async function labelTwice<C>(
  { plugin, fail }: UnderTest<GroupingPlugin<C>>,
  settings: C,
  picture: Frame,
  signal: SignalShape,
  frame: number,
  where: string,
): Promise<LabelMap> {
  const contextOf = (seed: number): GroupingContext => ({
    frame,
    signal,
    seed,
    ...(plugin.needsAnnotation && { annotation: annotationOf(picture) }),
  });
  const map = await plugin.label(picture, settings, contextOf(0));
  const again = await plugin.label(picture, settings, contextOf(0));
  const unlike = firstUnlike(again.labels, map.labels);
  if (unlike !== undefined || JSON.stringify(again.groups) !== JSON.stringify(map.groups)) {
    throw fail(where, `labelled twice, the same picture has other labels${atPixel(unlike)}`, RANDOM);
  }
  const other = firstUnlike((await plugin.label(picture, settings, contextOf(1))).labels, map.labels);
  if (other !== undefined) {
    throw fail(where, `with another seed the same picture has other labels${atPixel(other)}`, SEED);
  }
  return map;
}

const RANDOM = 'Draw random numbers from randomStream(0, …) of @xinc/core.';
const SEED = 'Runs of different seeds are compared by their groups; draw random numbers from a seed of your own.';
const atPixel = (pixel: number | undefined) => (pixel === undefined ? '' : `: pixel ${pixel}`);

/** Found on several frames together, a group is one thing on all of them, in whatever order these are labelled, and found again. */
async function checkFit<C>(
  { plugin, fail }: UnderTest<GroupingPlugin<C>>,
  settings: C,
  { shape, frame: read }: Signal,
): Promise<void> {
  const frames = Array.from({ length: shape.frames }, (_, i) => () => read(i));
  const label = await plugin.fit!(frames, settings);
  const first = await label(await read(0));
  for (let i = shape.frames - 1; i >= 0; i--) {
    const map = await label(await read(i));
    if (JSON.stringify(map.groups) !== JSON.stringify(first.groups)) {
      throw fail(
        'fit',
        `frame ${i} has other groups than frame 0`,
        'Give the same list for all frames; groups may be empty.',
      );
    }
    if (i === 0 && firstUnlike(map.labels, first.labels) !== undefined) {
      throw fail('fit', 'frame 0 has other labels after the other frames were labelled');
    }
  }
  const again = await (await plugin.fit!(frames, settings))(await read(0));
  const unlike = firstUnlike(again.labels, first.labels);
  if (unlike === undefined && JSON.stringify(again.groups) === JSON.stringify(first.groups)) return;
  throw fail('fit', `found twice on the same frames, groups are others${atPixel(unlike)}`, RANDOM);
}

/** Pictures that are all edge cases: they are labelled, or refused in words. */
async function checkDegenerate<C>(
  tested: UnderTest<GroupingPlugin<C>>,
  settings: C,
  what: string,
  picture: Frame,
): Promise<void> {
  const { height, width } = picture;
  const signal: SignalShape = { kind: 'image', frames: 1, height, width };
  const where = `label of ${what}`;
  try {
    tested.plugin.check?.(settings, signal);
    await labelTwice(tested, settings, picture, signal, 0, where);
  } catch (error) {
    // In its own words, which tell what would fit, it may refuse a picture.
    if (isXincError(error, 'invalid-option') || isXincError(error, 'unsupported')) return;
    // What labelTwice found says where; what a door tells of has its own cause, and a place that is not this one.
    const told = isXincError(error, 'plugin');
    if (told && error.cause === undefined) throw error;
    const cause = told ? error.cause : error;
    const problem = cause instanceof Breach ? cause.problem : describeThrown(cause, tested.owner.origin);
    throw tested.fail(where, problem, 'It is a picture, too.', error);
  }
}

function degeneratePictures(): readonly (readonly [string, Frame])[] {
  const flat = (height: number, width: number, value: number): Frame => ({
    height,
    width,
    rgb: new Float32Array(3 * height * width).fill(value),
  });
  const steps = (height: number, width: number): Frame => ({
    height,
    width,
    rgb: Float32Array.from({ length: 3 * height * width }, (_, i) => (i % 7) / 6),
  });
  return [
    ['a picture of one colour', flat(12, 17, 0.5)],
    ['a black picture', flat(12, 17, 0)],
    ['a picture of one pixel', flat(1, 1, 0.25)],
    ['a picture of one row', steps(1, 9)],
    ['a picture of one column', steps(9, 1)],
    ['a picture of 2×2 pixels', steps(2, 2)],
  ];
}

/** Two things on a ground, as a person might have drawn them. */
function annotationOf({ height, width }: Frame): LabelMap {
  return {
    height,
    width,
    labels: Uint16Array.from({ length: height * width }, (_, p) => Math.min(2, Math.floor((3 * (p % width)) / width))),
    groups: [
      { name: 'road', category: 'road', type: 'stuff' },
      { name: 'car 1', category: 'car', type: 'thing' },
      { name: 'car 2', category: 'car', type: 'thing' },
    ],
  };
}

function countGroups(map: LabelMap): Pick<GroupingMeasures, 'groups' | 'empty'> {
  return { groups: map.groups.length, empty: groupSizes(map).filter((size) => size === 0).length };
}
