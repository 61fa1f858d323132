/** Numbers in [0, 1), the same ones in the same order for the same two seeds. Marsaglia's xorshift, well mixed at its start. */
export function createDice(seed: number, turn: number): () => number {
  let state = mix(mix(seed >>> 0) ^ mix((turn >>> 0) + 0x9e3779b9)) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}

/** Neighbouring numbers become distant ones. */
function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
