import { arctangent, cosine, erf, exponential, logarithm, sine } from './functions';

/*
 * Functions that no activation is named after: programs on blocks of values, in float64, so that f(u) − f(0) is exact to
 * float32 where u is small or f is steep. An instruction is one walk over a block, which stays in the nearest cache.
 *
 * Fields are int32, written by src/wasm/pointwise.ts in this order.
 */

/** Vectors of four values in a block; a register holds a block. */
const BLOCK = 32;

@unmanaged
export class Pointwise {
  /** The register that holds x, and the one that holds f(x) in the end. */
  x: usize;
  result: usize;
  count: i32;
  instructions: usize;
}

/** Operands are registers, or with a step of 0 two equal float64. */
@unmanaged
class Instruction {
  operation: i32;
  target: usize;
  a: usize;
  aStep: i32;
  b: usize;
  bStep: i32;
  c: usize;
  cStep: i32;
}

const INSTRUCTION_BYTES: usize = 32;

/** f of n vectors in place. */
export function applyPointwise(program: Pointwise, at: usize, n: i32): void {
  for (let done = 0; done < n; done += BLOCK) {
    const size = min(BLOCK, n - done);
    let from = at;
    let to = program.x;
    const end = to + (<usize>size << 5);
    for (; to < end; to += 32, from += 16) {
      const values = v128.load(from);
      v128.store(to, f64x2.promote_low_f32x4(values), 0);
      v128.store(to, f64x2.promote_low_f32x4(v128.shuffle<f32>(values, values, 2, 3, 2, 3)), 16);
    }
    run(program, size);
    take(program, size, at);
    at += <usize>size << 4;
  }
}

/** f of n vectors x · scale + offset of a dense layer. @param scale four float64, then four of the offset */
export function applyToScaled(program: Pointwise, input: usize, scale: usize, n: i32, target: usize): void {
  const lowScale = v128.load(scale, 0), highScale = v128.load(scale, 16);
  const lowOffset = v128.load(scale, 32), highOffset = v128.load(scale, 48);
  for (let done = 0; done < n; done += BLOCK) {
    const size = min(BLOCK, n - done);
    let to = program.x;
    const end = to + (<usize>size << 5);
    for (; to < end; to += 32, input += 16) {
      const values = v128.load(input);
      const low = f64x2.promote_low_f32x4(values);
      const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(values, values, 2, 3, 2, 3));
      v128.store(to, f64x2.add(f64x2.mul(low, lowScale), lowOffset), 0);
      v128.store(to, f64x2.add(f64x2.mul(high, highScale), highOffset), 16);
    }
    run(program, size);
    take(program, size, target);
    target += <usize>size << 4;
  }
}

/** f(0), as the program gives it. */
export function atZero(program: Pointwise): f64 {
  memory.fill(program.x, 0, 32);
  run(program, 1);
  return load<f64>(program.result);
}

function take(program: Pointwise, n: i32, target: usize): void {
  let from = program.result;
  const end = target + (<usize>n << 4);
  for (; target < end; target += 16, from += 32) {
    const low = f32x4.demote_f64x2_zero(v128.load(from, 0));
    const high = f32x4.demote_f64x2_zero(v128.load(from, 16));
    v128.store(target, v128.shuffle<f32>(low, high, 0, 1, 4, 5));
  }
}

function run(program: Pointwise, n: i32): void {
  let at = program.instructions;
  const end = at + <usize>program.count * INSTRUCTION_BYTES;
  for (; at < end; at += INSTRUCTION_BYTES) execute(changetype<Instruction>(at), <usize>n << 5);
}

/** The numbers of operations are those of `POINTWISE_CODES` in src/wasm/pointwise.ts. */
function execute(instruction: Instruction, bytes: usize): void {
  let to = instruction.target;
  const end = to + bytes;
  let a = instruction.a;
  let b = instruction.b;
  const aStep = <usize>instruction.aStep;
  const bStep = <usize>instruction.bStep;
  const one = f64x2.splat(1);
  switch (instruction.operation) {
    case 1:
      for (; to < end; to += 16, a += aStep, b += bStep) v128.store(to, f64x2.add(v128.load(a), v128.load(b)));
      break;
    case 2:
      for (; to < end; to += 16, a += aStep, b += bStep) v128.store(to, f64x2.sub(v128.load(a), v128.load(b)));
      break;
    case 3:
      for (; to < end; to += 16, a += aStep, b += bStep) v128.store(to, f64x2.mul(v128.load(a), v128.load(b)));
      break;
    case 4:
      for (; to < end; to += 16, a += aStep, b += bStep) v128.store(to, f64x2.div(v128.load(a), v128.load(b)));
      break;
    case 5:
      for (; to < end; to += 16, a += aStep, b += bStep) v128.store(to, f64x2.max(v128.load(a), v128.load(b)));
      break;
    case 6:
      for (; to < end; to += 16, a += aStep, b += bStep) v128.store(to, f64x2.min(v128.load(a), v128.load(b)));
      break;
    case 7:
      for (; to < end; to += 16, a += aStep, b += bStep) {
        v128.store(to, v128.and(f64x2.gt(v128.load(a), v128.load(b)), one));
      }
      break;
    case 8:
      for (; to < end; to += 16, a += aStep) v128.store(to, f64x2.abs(v128.load(a)));
      break;
    case 9:
      for (; to < end; to += 16, a += aStep) v128.store(to, f64x2.sqrt(v128.load(a)));
      break;
    case 10:
      for (; to < end; to += 16, a += aStep) v128.store(to, exponential(v128.load(a)));
      break;
    case 11:
      for (; to < end; to += 16, a += aStep) v128.store(to, logarithm(v128.load(a)));
      break;
    case 12:
      for (; to < end; to += 16, a += aStep) v128.store(to, sine(v128.load(a)));
      break;
    case 13:
      for (; to < end; to += 16, a += aStep) v128.store(to, cosine(v128.load(a)));
      break;
    case 14:
      // 1 − 2 / (e^2x + 1)
      for (; to < end; to += 16, a += aStep) {
        const x = v128.load(a);
        const e = f64x2.add(exponential(f64x2.add(x, x)), one);
        v128.store(to, f64x2.sub(one, f64x2.div(f64x2.splat(2), e)));
      }
      break;
    case 15:
      for (; to < end; to += 16, a += aStep) {
        v128.store(to, f64x2.div(one, f64x2.add(one, exponential(f64x2.neg(v128.load(a))))));
      }
      break;
    case 16:
      for (; to < end; to += 16, a += aStep) v128.store(to, erf(v128.load(a)));
      break;
    case 17:
      for (; to < end; to += 16, a += aStep, b += bStep) {
        v128.store(to, v128.and(f64x2.ge(v128.load(a), v128.load(b)), one));
      }
      break;
    case 18:
      for (; to < end; to += 16, a += aStep, b += bStep) {
        v128.store(to, v128.and(f64x2.eq(v128.load(a), v128.load(b)), one));
      }
      break;
    case 19: {
      let c = instruction.c;
      const cStep = <usize>instruction.cStep;
      for (; to < end; to += 16, a += aStep, b += bStep, c += cStep) {
        v128.store(to, v128.bitselect(v128.load(b), v128.load(c), f64x2.ne(v128.load(a), f64x2.splat(0))));
      }
      break;
    }
    case 20:
      for (; to < end; to += 16, a += aStep) v128.store(to, f64x2.floor(v128.load(a)));
      break;
    case 21:
      for (; to < end; to += 16, a += aStep) v128.store(to, f64x2.nearest(v128.load(a)));
      break;
    case 22:
      for (; to < end; to += 16, a += aStep) v128.store(to, arctangent(v128.load(a)));
      break;
  }
}
