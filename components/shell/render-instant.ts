/** Epoch ms of this render on the server; hydration repeats it (`NowProvider`). */
export function readRenderInstant(): number {
  return Date.now();
}
