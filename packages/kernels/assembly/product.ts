/*
 * Products of matrices, for running networks. Four rows of the one and eight columns of the other are multiplied at a time: their
 * sums stay in registers.
 */

/**
 * c [m, 8 · panels] = a [m, k] · b.
 * @param b its columns in panels of eight, [panels, k, 8]
 * @param m a multiple of four
 */
export function multiply(a: usize, b: usize, c: usize, m: i32, k: i32, panels: i32): void {
  const aStep = <usize>k << 2, bStep = <usize>k << 5, cStep = <usize>panels << 5;
  for (let panel = 0; panel < panels; panel++, b += bStep, c += 32) {
    const end = b + bStep;
    let row = a, target = c;
    for (let i = 0; i < m; i += 4, row += aStep << 2, target += cStep << 2) {
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
      let r0 = row, r1 = r0 + aStep, r2 = r1 + aStep, r3 = r2 + aStep;
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
      v128.store(target, s0);
      v128.store(target, t0, 16);
      v128.store(target + cStep, s1);
      v128.store(target + cStep, t1, 16);
      v128.store(target + cStep * 2, s2);
      v128.store(target + cStep * 2, t2, 16);
      v128.store(target + cStep * 3, s3);
      v128.store(target + cStep * 3, t3, 16);
    }
  }
}
