import { describe, expect, it } from "vitest";
import { inSequence, merge } from "./merge-streams.ts";

async function* count(name: string, to: number, log: string[] = []) {
  try {
    for (let i = 1; i <= to; i++) yield `${name}${i}`;
  } finally {
    log.push(`${name} ended`);
  }
}

describe("merge", () => {
  it("yields everything of every source, each in its order", async () => {
    const seen: string[] = [];
    for await (const value of merge([() => count("a", 3), () => count("b", 1), () => count("c", 0)]))
      seen.push(value);
    expect(seen.toSorted()).toEqual(["a1", "a2", "a3", "b1"]);
    expect(seen.filter((value) => value.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
  });

  it("does not let a silent source hold up another", async () => {
    let release = () => {};
    const silent = new Promise<void>((resolve) => (release = resolve));
    async function* waits() {
      await silent;
      yield "late";
    }
    const seen: string[] = [];
    for await (const value of merge([waits, () => count("a", 2)])) {
      seen.push(value);
      if (seen.length === 2) release();
    }
    expect(seen).toEqual(["a1", "a2", "late"]);
  });

  it("ends every source when the reader leaves", async () => {
    const log: string[] = [];
    for await (const value of merge([() => count("a", 9, log), () => count("b", 9, log)])) {
      if (value === "b2") break;
    }
    expect(log.toSorted()).toEqual(["a ended", "b ended"]);
  });

  it("reads no further ahead than one value a source", async () => {
    let produced = 0;
    async function* eager() {
      for (;;) yield ++produced;
    }
    const merged = merge([eager]);
    await merged.next();
    await merged.next();
    expect(produced).toBeLessThanOrEqual(3);
    await merged.return();
  });
});

describe("inSequence", () => {
  it("starts the second source after the first has ended", async () => {
    const log: string[] = [];
    const seen: string[] = [];
    for await (const value of inSequence([() => count("a", 2, log), () => count("b", 1, log)])) {
      seen.push(value);
      if (value === "b1") expect(log).toEqual(["a ended"]);
    }
    expect(seen).toEqual(["a1", "a2", "b1"]);
  });
});
