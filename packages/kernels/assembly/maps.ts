import { fillRow, restart, Rows } from './rows';

/** Writes neurons' maps apart: lane l of pixel p to target + l · mapBytes + 4p. A row of vectors fits in `buffer`. */
export function separate(rows: Rows, height: i32, lanes: i32, buffer: usize, target: usize, mapBytes: usize): void {
  const width = rows.width;
  restart(rows);
  for (let y = 0; y < height; y++) {
    fillRow(rows, y, 0, width, buffer);
    if (lanes == 4) separateFour(buffer, width, target, mapBytes);
    else for (let lane = 0; lane < lanes; lane++) takeLane(buffer, width, lane, target + <usize>lane * mapBytes);
    target += <usize>width << 2;
  }
}

function takeLane(row: usize, n: i32, lane: i32, target: usize): void {
  const end = target + (<usize>n << 2);
  for (row += <usize>lane << 2; target < end; target += 4, row += 16) store<f32>(target, load<f32>(row));
}

function separateFour(row: usize, n: i32, target: usize, mapBytes: usize): void {
  const t1 = mapBytes, t2 = 2 * mapBytes, t3 = 3 * mapBytes;
  const fours = target + (<usize>(n & ~3) << 2);
  for (; target < fours; target += 16, row += 64) {
    const a = v128.load(row, 0), b = v128.load(row, 16), c = v128.load(row, 32), d = v128.load(row, 48);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(target, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
    v128.store(target + t1, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
    v128.store(target + t2, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
    v128.store(target + t3, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
  }
  for (let lane = 0; lane < 4; lane++) takeLane(row, n & 3, lane, target + <usize>lane * mapBytes);
}
