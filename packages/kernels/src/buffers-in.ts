/** The memory of all arrays in a value, each once: what a message to another thread hands over instead of copying it. */
export function buffersIn(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (part: unknown) => {
    if (ArrayBuffer.isView(part)) found.add(part.buffer as ArrayBuffer);
    else if (typeof part === 'object' && part !== null) for (const field of Object.values(part)) look(field);
  };
  look(value);
  return [...found];
}
