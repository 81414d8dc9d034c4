/*
 * Products of matrices, for running networks and for orthonormal bases. Four rows of the one and eight columns of the other are
 * multiplied at a time: their sums stay in registers.
 */

/**
 * c [m, 8 · panels] = a [m, k] · b.
 * @param b its columns in panels of eight, [panels, k, 8]
 * @param m a multiple of four
 */
export function multiply(a: usize, b: usize, c: usize, m: i32, k: i32, panels: i32): void {
  const aStep = <usize>k << 2, bStep = <usize>k << 5, cStep = <usize>panels << 5;
  for (let panel = 0; panel < panels; panel++, b += bStep, c += 32) {
    let row = a, target = c;
    for (let i = 0; i < m; i += 4, row += aStep << 2, target += cStep << 2) {
      multiplyTile(row, aStep, b, b + bStep, target, cStep, false);
    }
  }
}

/**
 * The same of matrices that are parts of larger ones, row after row: c = a · b, or c −= a · b.
 * @param aStep bytes from one row of `a` to the next
 * @param cStep bytes from one row of `c` to the next
 */
export function multiplyRows(
  a: usize, aStep: usize, b: usize, c: usize, cStep: usize, m: i32, k: i32, panels: i32, subtract: bool,
): void {
  const bStep = <usize>k << 5;
  for (let i = 0; i < m; i += 4, a += aStep << 2, c += cStep << 2) {
    let panel = b, target = c;
    for (let j = 0; j < panels; j++, panel += bStep, target += 32) {
      if (subtract) multiplyTile(a, aStep, panel, panel + bStep, target, cStep, true);
      else multiplyTile(a, aStep, panel, panel + bStep, target, cStep, false);
    }
  }
}

/** Four rows of `a` times the panel from `b` to `end`: set in `c`, or subtracted from it. */
@inline
export function multiplyTile(
  a: usize, aStep: usize, b: usize, end: usize, c: usize, cStep: usize, subtract: bool,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  let r0 = a, r1 = r0 + aStep, r2 = r1 + aStep, r3 = r2 + aStep;
  for (let at = b; at < end; at += 32, r0 += 4, r1 += 4, r2 += 4, r3 += 4) {
    const u = v128.load(at), v = v128.load(at, 16);
    let x = v128.load32_splat(r0);
    s0 = f32x4.add(s0, f32x4.mul(x, u));
    t0 = f32x4.add(t0, f32x4.mul(x, v));
    x = v128.load32_splat(r1);
    s1 = f32x4.add(s1, f32x4.mul(x, u));
    t1 = f32x4.add(t1, f32x4.mul(x, v));
    x = v128.load32_splat(r2);
    s2 = f32x4.add(s2, f32x4.mul(x, u));
    t2 = f32x4.add(t2, f32x4.mul(x, v));
    x = v128.load32_splat(r3);
    s3 = f32x4.add(s3, f32x4.mul(x, u));
    t3 = f32x4.add(t3, f32x4.mul(x, v));
  }
  const c1 = c + cStep, c2 = c1 + cStep, c3 = c2 + cStep;
  if (subtract) {
    s0 = f32x4.sub(v128.load(c), s0);
    t0 = f32x4.sub(v128.load(c, 16), t0);
    s1 = f32x4.sub(v128.load(c1), s1);
    t1 = f32x4.sub(v128.load(c1, 16), t1);
    s2 = f32x4.sub(v128.load(c2), s2);
    t2 = f32x4.sub(v128.load(c2, 16), t2);
    s3 = f32x4.sub(v128.load(c3), s3);
    t3 = f32x4.sub(v128.load(c3, 16), t3);
  }
  v128.store(c, s0);
  v128.store(c, t0, 16);
  v128.store(c1, s1);
  v128.store(c1, t1, 16);
  v128.store(c2, s2);
  v128.store(c2, t2, 16);
  v128.store(c3, s3);
  v128.store(c3, t3, 16);
}
