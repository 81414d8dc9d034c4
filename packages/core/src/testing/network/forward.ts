import { shapesOf } from '../../arrays.js';
import { activationsRead, type Inr } from '../../inr.js';
import { type NdArray, sameShape } from '../../ndarray.js';
import { createNetwork, evaluationProgram, OUTPUT } from '../../network.js';
import { differenceOf, firstUnlike, shortly } from '../difference.js';
import { runReference } from '../reference-ops.js';
import { type BuiltNetwork, somePixels } from './built-network.js';

/**
 * What the network draws: finite, the same each time it is built, on every engine what its operations are defined as, and of each
 * pixel or frame the same whatever is computed beside it.
 * @returns by engine, the largest difference from the definitions
 * @throws XincError `plugin`
 */
export async function checkForward(built: BuiltNetwork, again: Inr): Promise<Record<string, number>> {
  const { tested, inr, weights, engines, tolerance, frame } = built;
  checkRows(built);
  const names = [...new Set([OUTPUT, ...inr.layers.flatMap(activationsRead)])];
  const pixels = somePixels(built);
  const inputs = inr.inputs([frame], pixels, weights);
  const defined = runReference(evaluationProgram(inr), { ...weights, ...inputs });
  const differences: Record<string, number> = {};
  for (const engine of engines) {
    const network = createNetwork(inr, weights, engine);
    const found = await network.evaluate(frame, names, pixels);
    let largest = 0;
    for (const name of names) {
      const where = name === OUTPUT ? 'forward' : `forward, activation '${name}'`;
      const odd = found[name].data.findIndex((value) => !Number.isFinite(value));
      if (odd >= 0) {
        const hint = 'With the weights that training begins with, every value is to be finite.';
        throw tested.fail(where, `value ${odd} is ${found[name].data[odd]} on the engine '${engine.name}'`, hint);
      }
      const { relative, index } = differenceOf(found[name].data, defined[name].data);
      largest = Math.max(largest, relative);
      if (relative <= tolerance.engines) continue;
      const values = `${shortly(found[name].data[index])}, and by the definitions of its operations ${shortly(defined[name].data[index])}`;
      throw tested.fail(
        where,
        `on the engine '${engine.name}' value ${index} is ${values}: ${shortly(relative)} of the largest value, ${tolerance.engines} is allowed`,
        'The pass has to be made of ops alone, without numbers read from elsewhere; if it is, the engine is at fault.',
      );
    }
    differences[engine.name] = largest;
    await checkAlone(built, found[OUTPUT], async (some) => (await network.evaluate(frame, [OUTPUT], some))[OUTPUT]);
    await network.dispose();
  }
  await checkBatch(built);
  await checkRepeated(built, again);
  return differences;
}

/** The rows of a pixel's inputs depend on nothing but the pixel and the frame. */
function checkRows({ tested, inr, weights, frame }: BuiltNetwork): void {
  const { sampling, signal } = inr;
  if (sampling === 'frames') return;
  const area = signal.height * signal.width;
  const all = inr.inputs(
    [frame],
    Uint32Array.from({ length: area }, (_, p) => p),
    weights,
  );
  const some = Uint32Array.of(area - 1, Math.floor(area / 3));
  for (const [name, { shape, data }] of Object.entries(inr.inputs([frame], some, weights))) {
    const whole = all[name];
    const perPixel = shape[0] === some.length && whole?.shape[0] === area;
    const row = perPixel ? data.length / some.length : 0;
    const expected = perPixel
      ? Float32Array.from({ length: data.length }, (_, i) => whole.data[some[Math.floor(i / row)] * row + (i % row)])
      : whole?.data;
    const unlike = expected ? firstUnlike(data, expected) : 0;
    if (unlike === undefined) continue;
    throw tested.fail(
      'inputs',
      `the input '${name}' of two pixels by themselves is not that of these pixels among all: value ${unlike}`,
      'A row may depend on its pixel and the frame alone: pictures are computed some pixels at a time.',
    );
  }
}

/** What a pixel is drawn as depends on no other pixel. */
async function checkAlone(
  built: BuiltNetwork,
  all: NdArray,
  draw: (pixels: Uint32Array) => Promise<NdArray>,
): Promise<void> {
  const pixels = somePixels(built);
  if (!pixels) return;
  const [first, last] = [0, pixels.length - 1];
  const alone = await draw(Uint32Array.of(pixels[last], pixels[first]));
  const together = [last, first].flatMap((i) => [...all.data.subarray(3 * i, 3 * i + 3)]);
  const { relative } = differenceOf(alone.data, together);
  if (relative <= built.tolerance.engines) return;
  throw built.tested.fail(
    'forward',
    `two pixels computed by themselves differ from the same two among others, by ${shortly(relative)} of the largest value`,
    "With sampling: 'pixels' rows are computed some at a time, and none may depend on another.",
  );
}

/** Frames computed together are those computed one by one. */
async function checkBatch({ tested, inr, weights, engines: [engine], tolerance }: BuiltNetwork): Promise<void> {
  const { sampling, signal } = inr;
  if (sampling === 'pixels' || signal.frames === 1) return;
  const frames = [signal.frames - 1, 0];
  const draw = async (of: readonly number[]) => {
    const values = { ...weights, ...inr.inputs(of, undefined, weights) };
    const executable = await engine.compile(evaluationProgram(inr), shapesOf(values), { outputs: [OUTPUT] });
    const { [OUTPUT]: output } = await executable.run(values);
    await executable.dispose();
    return output;
  };
  const both = await draw(frames);
  const wanted = [frames.length, 3, signal.height, signal.width];
  if (!sameShape(both.shape, wanted)) {
    throw tested.fail('forward', `of two frames it gives ${both.shape.join('×')}, not ${wanted.join('×')}`);
  }
  const alone = (await Promise.all(frames.map((frame) => draw([frame])))).flatMap(({ data }) => [...data]);
  const { relative } = differenceOf(both.data, alone);
  if (relative <= tolerance.engines) return;
  throw tested.fail(
    'forward',
    `two frames computed together differ from the same frames one by one, by ${shortly(relative)} of the largest value`,
    'Training computes several frames at once, and none may depend on another.',
  );
}

/** Built a second time, it is the same network. */
async function checkRepeated(
  { tested, inr, weights, engines: [engine], frame }: BuiltNetwork,
  again: Inr,
): Promise<void> {
  const specs = ({ parameters }: Inr) => JSON.stringify(parameters);
  const hint = 'It may depend on its settings and the signal alone: a run is built again each time it is opened.';
  if (specs(again) !== specs(inr)) throw tested.fail('build', 'built twice, it has other parameters', hint);
  const draw = async (one: Inr) => {
    const network = createNetwork(one, weights, engine);
    const { [OUTPUT]: output } = await network.evaluate(frame, [OUTPUT]);
    await network.dispose();
    return output;
  };
  const unlike = firstUnlike((await draw(inr)).data, (await draw(again)).data);
  if (unlike !== undefined) throw tested.fail('build', `built twice, it draws something else: value ${unlike}`, hint);
}
