/** What ffmpeg says while it decodes, read line by line from its standard error at `-v level+info`. */
export interface FfmpegLog {
  /** Nominal frames per second, as the file has it. */
  frameRate: number | undefined;
  /** Seconds per tick of the clip's clock. */
  tick: number;
  /** When each frame that was taken is shown, in seconds. */
  readonly times: number[];
  /** Clockwise degrees that ffmpeg turned the frames by, to show them upright. */
  rotation: number;
  /** Width of a pixel divided by its height. */
  pixelAspect: number;
  /** The first video stream, as ffmpeg describes it; empty until it has. */
  stream: string;
  /** Whether the container says that the video has an alpha channel. */
  alpha: boolean;
  /** Frames that the stream itself marks as interlaced, top or bottom field first. */
  readonly marked: { top: number; bottom: number };
  /** Frames that the filter `idet` found interlaced, and those that it found not. */
  readonly detected: { top: number; bottom: number; progressive: number };
  /** The transfer function of high-dynamic-range footage, which ffmpeg leaves as it is. */
  hdr: string | undefined;
  /** How often frames of another size or pixel format began. */
  formats: number;
  /** The first lines that ffmpeg marks as errors. */
  readonly errors: string[];
}

/** More errors than this are not kept. */
const MAX_ERRORS = 20;

export function emptyLog(): FfmpegLog {
  return {
    frameRate: undefined,
    tick: 0,
    times: [],
    rotation: 0,
    pixelAspect: 1,
    stream: '',
    alpha: false,
    marked: { top: 0, bottom: 0 },
    detected: { top: 0, bottom: 0, progressive: 0 },
    hdr: undefined,
    formats: 0,
    errors: [],
  };
}

/** Takes in one line. Facts about frames come from the `showinfo` filter, whose lines bear its name. */
export function readLogLine(log: FfmpegLog, line: string): void {
  const error = /^(?:\[[^\]]*\] )?\[(?:error|fatal|panic)\] (.+)$/.exec(line)?.[1];
  if (error !== undefined) {
    if (log.errors.length < MAX_ERRORS) log.errors.push(error);
    return;
  }
  const info = /^\[Parsed_showinfo_\d+ @ \w+\] \[info\] (.*)$/.exec(line)?.[1];
  if (info !== undefined) readFrameLine(log, info);
  const detected =
    /^\[Parsed_idet_\d+ @ \w+\] \[info\] Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+)/.exec(line);
  if (detected) {
    const [top, bottom, progressive] = detected.slice(1).map(Number);
    Object.assign(log.detected, { top, bottom, progressive });
    return;
  }
  // Above the first frame stands the description of the input; below, that of the output, which repeats some of it.
  else if (log.formats === 0) readInputLine(log, line);
}

function readFrameLine(log: FfmpegLog, info: string): void {
  const config = /^config in time_base: (\d+)\/(\d+), frame_rate: (\d+)\/(\d+)/.exec(info);
  if (config) {
    const [tick, ticks, frames, seconds] = config.slice(1).map(Number);
    log.formats++;
    log.tick = tick / ticks;
    log.frameRate = frames > 0 && seconds > 0 ? frames / seconds : undefined;
    return;
  }
  const frame = /^n: *\d+ .*?pts_time:(\S+) .*?sar:(\d+)\/(\d+)/.exec(info);
  if (frame) {
    const [time, across, down] = frame.slice(1).map(Number);
    log.times.push(time);
    log.pixelAspect = across > 0 && down > 0 ? across / down : 1;
    const field = / i:([TB]) /.exec(info)?.[1];
    if (field === 'T') log.marked.top++;
    else if (field === 'B') log.marked.bottom++;
  }
}

function readInputLine(log: FfmpegLog, line: string): void {
  const rotation = /displaymatrix: rotation of (-?[\d.]+) degrees/.exec(line)?.[1];
  // The matrix is said counterclockwise.
  if (rotation !== undefined) log.rotation = (360 - Math.round(Number(rotation))) % 360;
  const stream = /Stream #\d+:\d+.*? Video: (.*)$/.exec(line)?.[1];
  if (stream !== undefined && log.stream === '') log.stream = stream;
  if (/^(?:\[info\] )? *alpha_mode *: *1$/i.test(line)) log.alpha = true;
  log.hdr ??= /Stream #.* Video: .*\b(smpte2084|arib-std-b67)\b/.exec(line)?.[1];
}
