import type { Camera, Room } from './camera.js';

/** Red, green and blue in [0, 255]. */
export type Rgb = readonly [red: number, green: number, blue: number];

export interface PointStyle {
  /** Diameter in pixels of the page. */
  readonly size: number;
  /** In [0, 1]; of points that are not selected, while others are. */
  readonly opacity: number;
  readonly faded: number;
  /** The colour of the rim of the point that is pointed at. */
  readonly ink: Rgb;
  /** The colour of what lies behind the points. */
  readonly surface: Rgb;
}

/** What a marked point is drawn of, one over the other: a rim, a ring and a disc, larger than a point by so many pixels. */
const MARKS = {
  selected: [
    { grown: 8, paint: null },
    { grown: 5, paint: 'surface' },
    { grown: 2, paint: null },
  ],
  hovered: [
    { grown: 8, paint: 'ink' },
    { grown: 5, paint: 'surface' },
    { grown: 2, paint: null },
  ],
} as const;

const VERTEX = `#version 300 es
uniform vec2 scale;
uniform vec2 shift;
uniform float size;
uniform vec4 paint;
in vec2 place;
in vec3 color;
out vec3 shade;
void main() {
  gl_Position = vec4(scale * place + shift, 0.0, 1.0);
  gl_PointSize = size + 1.0;
  shade = mix(color, paint.rgb, paint.a);
}`;

// A disc whose edge is one pixel wide; colours are premultiplied by their opacity.
const FRAGMENT = `#version 300 es
precision highp float;
uniform float size;
uniform float opacity;
in vec3 shade;
out vec4 result;
void main() {
  float distance = length(gl_PointCoord - 0.5) * (size + 1.0);
  float covered = clamp(0.5 * size + 0.5 - distance, 0.0, 1.0) * opacity;
  result = vec4(shade * covered, covered);
}`;

/** Points of a plane as discs on a canvas, by WebGL 2. */
export class PointRenderer {
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #uniforms: Readonly<Record<'scale' | 'shift' | 'size' | 'paint' | 'opacity', WebGLUniformLocation | null>>;
  readonly #places: WebGLBuffer;
  readonly #colors: WebGLBuffer;
  #count = 0;
  #selected: readonly number[] = [];

  /** @throws Error where the browser draws no WebGL 2 */
  constructor(canvas: HTMLCanvasElement) {
    const gl = canvas.getContext('webgl2', { antialias: false, depth: false });
    if (!gl)
      throw new Error('This browser draws no WebGL here, which the plane needs. Clusters can be chosen in the list.');
    this.#canvas = canvas;
    this.#gl = gl;
    const program = link(gl);
    gl.useProgram(program);
    const uniform = (name: string) => gl.getUniformLocation(program, name);
    this.#uniforms = {
      scale: uniform('scale'),
      shift: uniform('shift'),
      size: uniform('size'),
      paint: uniform('paint'),
      opacity: uniform('opacity'),
    };
    const attribute = (name: string, size: number, type: number, normalized: boolean) => {
      const buffer = gl.createBuffer();
      const location = gl.getAttribLocation(program, name);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, type, normalized, 0, 0);
      return buffer;
    };
    this.#places = attribute('place', 2, gl.FLOAT, false);
    this.#colors = attribute('color', 3, gl.UNSIGNED_BYTE, true);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /**
   * @param places [n, 2]
   * @param colors [n, 3], in [0, 255]
   */
  setPoints(places: Float32Array, colors: Uint8Array): void {
    this.#count = places.length / 2;
    this.#fill(this.#places, places);
    this.#fill(this.#colors, colors);
  }

  setSelected(points: readonly number[]): void {
    const { ELEMENT_ARRAY_BUFFER, STATIC_DRAW } = this.#gl;
    this.#selected = points;
    this.#gl.bufferData(ELEMENT_ARRAY_BUFFER, Uint32Array.from(points), STATIC_DRAW);
  }

  /**
   * @param room of the canvas, in pixels of the page
   * @param density pixels of the screen in one of the page
   * @param hovered the point that is pointed at
   */
  draw(camera: Camera, room: Room, density: number, style: PointStyle, hovered: number | null): void {
    const gl = this.#gl;
    const [width, height] = [Math.round(room.width * density), Math.round(room.height * density)];
    // Setting a size clears the canvas and costs time, so it is set where it changes.
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const narrow = room.height / room.width;
    gl.uniform2f(this.#uniforms.scale, camera.scale * narrow, camera.scale);
    gl.uniform2f(this.#uniforms.shift, camera.x * narrow, camera.y);
    const fading = this.#selected.length > 0 ? style.faded : 1;
    this.#paint(style.size * density, null, style.opacity * fading);
    gl.drawArrays(gl.POINTS, 0, this.#count);
    if (this.#selected.length > 0) {
      for (const { grown, paint } of MARKS.selected) {
        this.#paint((style.size + grown) * density, paint && style[paint], 1);
        gl.drawElements(gl.POINTS, this.#selected.length, gl.UNSIGNED_INT, 0);
      }
    }
    if (hovered === null || hovered >= this.#count) return;
    for (const { grown, paint } of MARKS.hovered) {
      this.#paint((style.size + grown) * density, paint && style[paint], 1);
      gl.drawArrays(gl.POINTS, hovered, 1);
    }
  }

  /** Gives the graphics card's memory back: a page may have few contexts. */
  dispose(): void {
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  /** @param paint `null` for each point's own colour */
  #paint(size: number, paint: Rgb | null, opacity: number): void {
    const { size: sized, paint: painted, opacity: covering } = this.#uniforms;
    const [red, green, blue] = paint ?? [0, 0, 0];
    this.#gl.uniform1f(sized, size);
    this.#gl.uniform4f(painted, red / 255, green / 255, blue / 255, paint ? 1 : 0);
    this.#gl.uniform1f(covering, opacity);
  }

  #fill(buffer: WebGLBuffer, values: Float32Array | Uint8Array): void {
    const { ARRAY_BUFFER, STATIC_DRAW } = this.#gl;
    this.#gl.bindBuffer(ARRAY_BUFFER, buffer);
    this.#gl.bufferData(ARRAY_BUFFER, values, STATIC_DRAW);
  }
}

/** @throws Error with what the browser says of the shaders */
function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) break;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS)) return program;
  const reasons = (gl.getAttachedShaders(program) ?? []).map((shader) => gl.getShaderInfoLog(shader));
  throw new Error(
    `The plane could not be drawn: ${[...reasons, gl.getProgramInfoLog(program)].filter(Boolean).join(' ')}`,
  );
}
