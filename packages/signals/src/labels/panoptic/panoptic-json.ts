import { XincError } from '@xinc/core';
import { formatBytes } from '@xinc/core/formats';
import { z } from 'zod';
import { readSourceFile } from '../../source-file.js';
import { MAX_ID } from './segment-ids.js';

/** Text that may be printed. */
const text = z
  .string()
  .min(1)
  .max(500)
  .regex(/^\P{Cc}*$/u, 'has control characters');
/** COCO numbers its images, the video data sets name theirs. */
const imageId = z.union([text, z.int().transform(String)]);
const flag = z.union([z.literal(0), z.literal(1), z.boolean()]).transform(Boolean);
const byte = z.int().min(0).max(255);
const extent = z.int().min(1).max(0x7fff_ffff);

const category = z.object({
  id: z.int(),
  name: text,
  isthing: flag,
  color: z.tuple([byte, byte, byte]).nullish(),
});

const image = z.object({
  id: imageId,
  file_name: text,
  height: extent.optional(),
  width: extent.optional(),
});

/** The segments are looked at only for the frames that are wanted: a data set has millions. */
const frameAnnotation = z.object({
  image_id: imageId,
  file_name: text,
  segments_info: z.array(z.unknown()),
});

const segment = z.object({
  id: z.int().min(1).max(MAX_ID),
  category_id: z.int(),
  iscrowd: flag.optional(),
});

/** Images and their annotations side by side (COCO panoptic, Cityscapes-VPS). */
const ofImages = z.object({
  images: z.array(image),
  annotations: z.array(frameAnnotation),
  categories: z.array(category),
});

/** The same per video (VIPSeg). */
const ofVideos = z.object({
  videos: z.array(z.object({ video_id: imageId, images: z.array(image) })),
  annotations: z.array(z.object({ video_id: imageId, annotations: z.array(frameAnnotation) })),
  categories: z.array(category),
});

export type Category = z.output<typeof category>;
export type ImageEntry = z.output<typeof image>;
export type AnnotationEntry = z.output<typeof frameAnnotation>;
export type Segment = z.output<typeof segment>;
export type OfImages = z.output<typeof ofImages>;
export type OfVideos = z.output<typeof ofVideos>;

export type PanopticJson = ({ readonly kind: 'images' } & OfImages) | ({ readonly kind: 'videos' } & OfVideos);

/** JavaScript holds no longer text. */
const MAX_JSON_BYTES = 2 ** 29 - 25;

const HINT =
  'A panoptic annotation has "images" (or "videos"), "annotations" with "segments_info", and "categories" with "isthing".';

/**
 * A panoptic annotation's JSON file, its shape checked but for the segments (see {@link segmentsOf}).
 * @throws XincError `invalid-file` naming the entry that is wrong; `unsupported` for JSON of another kind
 */
export async function readPanopticJson(path: string): Promise<PanopticJson> {
  const json = await readJson(path);
  const panoptic = panopticJson(path, json);
  if (panoptic) return panoptic;
  throw otherJson(path, json);
}

/** As {@link readPanopticJson}, but `undefined` for a file that is no JSON or another kind of it. */
export async function findPanopticJson(path: string): Promise<PanopticJson | undefined> {
  const json = await readJson(path).catch(() => undefined);
  return panopticJson(path, json);
}

function panopticJson(path: string, json: unknown): PanopticJson | undefined {
  const kind = kindOf(json);
  if (kind === 'images') return { kind, ...checked(path, ofImages, json) };
  return kind && { kind, ...checked(path, ofVideos, json) };
}

/**
 * The segments of a frame, by id.
 * @throws XincError `invalid-file` if they have another shape or an id is listed twice
 */
export function segmentsOf(path: string, entry: AnnotationEntry): Map<number, Segment> {
  const where = `the segments of ${entry.file_name}`;
  const segments = checked(path, z.array(segment), entry.segments_info, where);
  const byId = new Map(segments.map((one) => [one.id, one]));
  if (byId.size === segments.length) return byId;
  const twice = segments.find((one) => byId.get(one.id) !== one)!;
  throw new XincError('invalid-file', `${path}: lists segment ${twice.id} twice in ${where}`, { subject: path });
}

async function readJson(path: string): Promise<unknown> {
  const bytes = await readSourceFile(path);
  if (bytes.length > MAX_JSON_BYTES) {
    throw new XincError('unsupported', `${path}: ${formatBytes(bytes.length)} of JSON are too much`, {
      subject: path,
      hint: 'Cut out the entries of the frames you want.',
    });
  }
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new XincError('invalid-file', `${path}: is not JSON (${(error as Error).message})`, { subject: path });
  }
}

/** By the keys that only a panoptic annotation has. */
function kindOf(json: unknown): PanopticJson['kind'] | undefined {
  const { annotations } = isObject(json) ? json : {};
  if (!isObject(json) || !Array.isArray(annotations)) return undefined;
  if ('videos' in json && (annotations.length === 0 || (isObject(annotations[0]) && 'annotations' in annotations[0]))) {
    return 'videos';
  }
  if (
    'images' in json &&
    (annotations.length === 0 || (isObject(annotations[0]) && 'segments_info' in annotations[0]))
  ) {
    return 'images';
  }
  return undefined;
}

function otherJson(path: string, json: unknown): XincError {
  const { annotations } = isObject(json) ? json : {};
  const first: unknown = Array.isArray(annotations) ? annotations[0] : undefined;
  if (isObject(first) && 'segmentation' in first) {
    return new XincError('unsupported', `${path}: holds polygons or run lengths (COCO instances), which are not read`, {
      subject: path,
      hint: 'Give the panoptic annotation, or a label map as PNG.',
    });
  }
  if (isObject(json) && Object.keys(json).every((key) => /^\d+$/.test(key))) {
    return new XincError('usage', `${path}: names the values of a label map`, {
      subject: path,
      hint: 'Give the label map that lies beside it.',
    });
  }
  return new XincError('unsupported', `${path}: is no annotation that is read`, { subject: path, hint: HINT });
}

function checked<T>(path: string, schema: z.ZodType<T>, value: unknown, inside = ''): T {
  const { data, error } = schema.safeParse(value);
  if (!error) return data;
  const [{ path: at, message }] = error.issues;
  const entry = at.reduce<string>((text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${String(key)}`), '');
  const where = [entry.replace(/^\./, ''), inside].filter((part) => part !== '').join(' of ');
  throw new XincError('invalid-file', `${path}: ${where || 'the file'} is wrong (${message})`, {
    subject: path,
    hint: HINT,
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
