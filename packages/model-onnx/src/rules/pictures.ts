import { ndarray } from '@xinc/core';
import type { ResizeMethod, Sides } from '@xinc/core/graph';
import { MOST_NUMBERS, type NodeReader, type Rule, tensor } from '../values.js';

const pairOf = (values: readonly number[] | undefined): readonly [number, number] => [
  values?.[0] ?? 1,
  values?.[1] ?? 1,
];

function paddingOf<T>(node: NodeReader<T>, window: readonly number[]): Sides {
  const auto = node.text('auto_pad', 'NOTSET');
  if (auto === 'NOTSET' || auto === '') {
    const [top = 0, left = 0, bottom = 0, right = 0] = node.integers('pads') ?? [];
    return [top, left, bottom, right];
  }
  if (auto === 'VALID') return [0, 0, 0, 0];
  const strides = pairOf(node.integers('strides'));
  const dilations = pairOf(node.integers('dilations'));
  const extents = node.shape(0).slice(2);
  const [rows, columns] = window.map((taps, axis) => {
    const places = Math.ceil(extents[axis] / strides[axis]);
    return Math.max(0, (places - 1) * strides[axis] + (taps - 1) * dilations[axis] + 1 - extents[axis]);
  });
  const split = (all: number) => {
    const less = Math.floor(all / 2);
    return auto === 'SAME_LOWER' ? [all - less, less] : [less, all - less];
  };
  const [[top, bottom], [left, right]] = [split(rows), split(columns)];
  return [top, left, bottom, right];
}

function requireImage<T>(node: NodeReader<T>): void {
  const shape = node.shape(0);
  if (shape.length !== 4) throw node.refuse(`it reads an array of ${shape.join('×')}, not images [N, C, H, W]`);
}

/** Windows of a pooling, with what is padded so that its last ones fit where their number is rounded up. */
function poolOf<T>(node: NodeReader<T>) {
  const size = pairOf(node.integers('kernel_shape'));
  const stride = pairOf(node.integers('strides'));
  const dilation = pairOf(node.integers('dilations'));
  const padding = paddingOf(node, size);
  const extents = node.shape(0).slice(2);
  const beyond = [0, 1].map((axis) => {
    if (node.number('ceil_mode', 0) === 0) return 0;
    const [before, after] = [padding[axis], padding[axis + 2]];
    const reach = (size[axis] - 1) * dilation[axis] + 1;
    const places = Math.ceil((extents[axis] + before + after - reach) / stride[axis]) + 1;
    // No window begins in what is padded behind the picture.
    const inside = Math.min(places, Math.ceil((extents[axis] + before) / stride[axis]));
    return Math.max(0, (inside - 1) * stride[axis] + reach - extents[axis] - before - after);
  });
  const [top, left, bottom, right] = padding;
  const padded: Sides = [top, left, bottom + beyond[0], right + beyond[1]];
  return { size, stride, dilation, padding, padded };
}

/** How many of a window's pixels count along an axis, for each place: those in the picture, or with `includes` in its padding. */
function countsAlong(
  extent: number,
  places: number,
  size: number,
  stride: number,
  before: number,
  after: number,
  includes: boolean,
): number[] {
  const [from, to] = includes ? [0, before + extent + after] : [before, before + extent];
  return Array.from({ length: places }, (_, place) => {
    const first = place * stride;
    return Math.min(first + size, to) - Math.max(first, from);
  });
}

function pixelAxes<T>(node: NodeReader<T>): number[] {
  return Array.from({ length: node.shape(0).length - 2 }, (_, i) => i + 2);
}

/** A bias per output channel, added. */
function withBias<T>(node: NodeReader<T>, z: T): T {
  if (!node.has(2)) return z;
  const [, channels] = node.ops.shapeOf(z);
  return node.ops.add(z, node.ops.reshape(node.tensor(2), [1, channels, 1, 1]));
}

const resize: Rule = (node) => {
  requireImage(node);
  const shape = node.shape(0);
  const upsample = node.node.op === 'Upsample';
  const scalesAt = upsample ? 1 : 2;
  const scales =
    node.has(scalesAt) && node.numbers(scalesAt).length > 0 ? node.numbers(scalesAt) : node.integers('scales');
  const sizes = !upsample && node.has(3) && node.numbers(3).length > 0 ? node.numbers(3) : undefined;
  const named = node.integers('axes')?.map((axis) => node.axis(axis, 4)) ?? [0, 1, 2, 3];
  if (node.number('exclude_outside', 0) !== 0) throw node.refuse('it leaves out what is outside (exclude_outside)');
  const policy = node.text('keep_aspect_ratio_policy', 'stretch');
  if (policy !== 'stretch') throw node.refuse(`'${policy}' keeps proportions, which is not read`);
  /** What is said of each axis. */
  const each = (values: readonly number[] | undefined, otherwise: readonly number[]) =>
    values && otherwise.map((same, axis) => (named.includes(axis) ? (values[named.indexOf(axis)] ?? same) : same));
  const byAxis = each(scales, [1, 1, 1, 1]);
  const wanted = each(sizes, shape) ?? byAxis?.map((scale, axis) => Math.floor(shape[axis] * scale)) ?? [];
  const changes = (axis: number) => wanted[axis] !== shape[axis] || (byAxis?.[axis] ?? 1) !== 1;
  // Channels are the second axis, or the last one.
  const channelsLast = changes(1) && !changes(3);
  if (changes(0) || (changes(1) && changes(3))) throw node.refuse('it resizes other axes than rows and columns');
  const [rows, columns] = channelsLast ? [1, 2] : [2, 3];
  const [h, w] = [shape[rows], shape[columns]];
  const [height, width] = [wanted[rows], wanted[columns]];
  const [byRow, byColumn] = [byAxis?.[rows] ?? 1, byAxis?.[columns] ?? 1];
  if (!(height >= 1 && width >= 1)) throw node.refuse('it says neither a size nor scales');
  const mode = node.text('mode', 'nearest');
  const kind = ({ nearest: 'nearest', linear: 'linear', bilinear: 'linear', cubic: 'cubic' } as const)[mode];
  if (!kind) throw node.refuse(`'${mode}' is no interpolation that is known`);
  const said = node.text('coordinate_transformation_mode', upsample ? 'asymmetric' : 'half_pixel');
  const coordinates = (
    {
      half_pixel: 'half-pixel',
      pytorch_half_pixel: 'pytorch-half-pixel',
      asymmetric: 'asymmetric',
      align_corners: 'align-corners',
    } as const
  )[said];
  if (!coordinates) throw node.refuse(`'${said}' are no coordinates that are known`);
  if (node.number('antialias', 0) !== 0 && (height < h || width < w)) throw node.refuse('it smooths as it shrinks');
  const rounding = node.text('nearest_mode', upsample ? 'floor' : 'round_prefer_floor').replaceAll('_', '-');
  const integer = (to: number, from: number) => to % from === 0 && to / from;
  const scale = integer(height, h);
  const { ops } = node;
  const x = channelsLast ? ops.transpose(node.tensor(0), [0, 3, 1, 2]) : node.tensor(0);
  const resized = (y: typeof x) => [tensor(channelsLast ? ops.transpose(y, [0, 2, 3, 1]) : y)];
  // The scale that the file gives counts, where the size was rounded down.
  const exact = !scales || (h * byRow === height && w * byColumn === width);
  const nearest = exact && kind === 'nearest' && coordinates === 'asymmetric' && rounding === 'floor';
  if (nearest && scale && scale === integer(width, w)) return resized(ops.upsampleNearest(x, scale));
  const method: ResizeMethod = {
    kind,
    coordinates,
    ...(kind === 'nearest' && { rounding: rounding as ResizeMethod['rounding'] }),
    ...(kind === 'cubic' && { cubicCoefficient: node.number('cubic_coeff_a', -0.75) }),
    ...(!exact && { scales: [byRow, byColumn] as const }),
  };
  return resized(ops.resize(x, height, width, method));
};

export const pictures: Readonly<Record<string, Rule>> = {
  Conv: (node) => {
    requireImage(node);
    const [, , k, l] = node.shape(1);
    const z = node.ops.conv2d(node.tensor(0), node.tensor(1), {
      padding: paddingOf(node, [k, l]),
      stride: pairOf(node.integers('strides')),
      dilation: pairOf(node.integers('dilations')),
      groups: node.number('group', 1),
    });
    return [tensor(withBias(node, z))];
  },
  ConvTranspose: (node) => {
    requireImage(node);
    if (node.integers('output_shape')) throw node.refuse('it gives an output_shape instead of its padding');
    const auto = node.text('auto_pad', 'NOTSET');
    if (auto !== 'NOTSET' && auto !== '' && auto !== 'VALID') throw node.refuse(`its padding is '${auto}'`);
    const [top = 0, left = 0, bottom = 0, right = 0] = node.integers('pads') ?? [];
    const [more = 0, wider = 0] = node.integers('output_padding') ?? [];
    const z = node.ops.convTranspose2d(node.tensor(0), node.tensor(1), {
      padding: [top, left, bottom, right],
      stride: pairOf(node.integers('strides')),
      dilation: pairOf(node.integers('dilations')),
      groups: node.number('group', 1),
      outputPadding: [more, wider],
    });
    return [tensor(withBias(node, z))];
  },
  AveragePool: (node) => {
    requireImage(node);
    const { ops } = node;
    const { size, stride, dilation, padding, padded } = poolOf(node);
    if (dilation.some((step) => step !== 1)) throw node.refuse('its pixels lie apart');
    const means = ops.averagePool(node.tensor(0), size, { stride, padding: padded });
    // What counts besides the picture itself: the file's padding, or none of it.
    const includes = node.number('count_include_pad', 0) !== 0;
    if (padded.every((side, i) => side === (includes ? padding[i] : 0))) return [tensor(means)];
    const [, , h, w] = node.shape(0);
    const [, , height, width] = ops.shapeOf(means);
    if (height > MOST_NUMBERS || width > MOST_NUMBERS) throw node.refuse(`it gives ${height}×${width} means`);
    const shares = [
      countsAlong(h, height, size[0], stride[0], padding[0], padding[2], includes),
      countsAlong(w, width, size[1], stride[1], padding[1], padding[3], includes),
    ];
    const [down, across] = shares.map((each, axis) => each.map((count) => size[axis] / count));
    const factor = ops.mul(
      ops.constant(ndarray([1, 1, height, 1], Float32Array.from(down))),
      ops.constant(ndarray([1, 1, 1, width], Float32Array.from(across))),
    );
    return [tensor(ops.mul(means, factor))];
  },
  MaxPool: (node) => {
    requireImage(node);
    if (node.node.outputs.length > 1 && node.node.outputs[1] !== '') {
      throw node.refuse('it gives the places of the largest pixels as well');
    }
    const { size, stride, dilation, padded } = poolOf(node);
    return [tensor(node.ops.maxPool(node.tensor(0), size, { stride, dilation, padding: padded }))];
  },
  GlobalAveragePool: (node) => [tensor(node.ops.mean(node.tensor(0), { axes: pixelAxes(node), keepDims: true }))],
  GlobalMaxPool: (node) => [tensor(node.ops.max(node.tensor(0), { axes: pixelAxes(node), keepDims: true }))],
  GridSample: (node) => {
    requireImage(node);
    const said = node.text('mode', 'linear');
    const mode = (
      { bilinear: 'linear', linear: 'linear', nearest: 'nearest', bicubic: 'cubic', cubic: 'cubic' } as const
    )[said];
    const padding = node.text('padding_mode', 'zeros');
    const outside = ({ zeros: 'zeros', border: 'border', reflection: 'reflection' } as const)[padding];
    if (!mode) throw node.refuse(`'${said}' is no interpolation that is known`);
    if (!outside) throw node.refuse(`'${padding}' is nothing that is known to lie outside`);
    const alignCorners = node.number('align_corners', 0) !== 0;
    return [tensor(node.ops.gridSample(node.tensor(0), node.tensor(1), { mode, outside, alignCorners }))];
  },
  DepthToSpace: (node) => {
    requireImage(node);
    const block = node.number('blocksize', 1);
    if (node.text('mode', 'DCR') === 'CRD') return [tensor(node.ops.depthToSpace(node.tensor(0), block))];
    // Depth, column, row: the block's place is the slow part of the channel.
    const [n, c, h, w] = node.shape(0);
    const cells = node.ops.reshape(node.tensor(0), [n, block ** 2, c / block ** 2, h * w]);
    const turned = node.ops.reshape(node.ops.transpose(cells, [0, 2, 1, 3]), [n, c, h, w]);
    return [tensor(node.ops.depthToSpace(turned, block))];
  },
  SpaceToDepth: (node) => {
    requireImage(node);
    const block = node.number('blocksize', 1);
    const [n, c, h, w] = node.shape(0);
    const cells = node.ops.reshape(node.ops.spaceToDepth(node.tensor(0), block), [
      n,
      c,
      block ** 2,
      (h * w) / block ** 2,
    ]);
    const turned = node.ops.transpose(cells, [0, 2, 1, 3]);
    return [tensor(node.ops.reshape(turned, [n, c * block ** 2, h / block, w / block]))];
  },
  Resize: resize,
  Upsample: resize,
};
