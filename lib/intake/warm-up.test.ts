import { expect, test } from "vitest";
import { createClock } from "../real-clock.ts";
import { warmUpIntake } from "./warm-up.ts";

test("ends as soon as it is told to", async () => {
  const ending = new AbortController();
  const clock = createClock();
  let breaths = 0;
  const counting = {
    ...clock,
    sleep: async () => {
      breaths += 1;
      if (breaths === 3) ending.abort();
    },
  };
  await warmUpIntake(counting, ending.signal);
  expect(breaths).toBe(3);
});
