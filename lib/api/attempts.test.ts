import { describe, expect, it } from "vitest";
import { createAttempts } from "./attempts.ts";

const LIMITS = {
  person: { points: 2, duration: 600 },
  address: { points: 4, duration: 600 },
  setup: { points: 2, duration: 600 },
};
const refused = expect.objectContaining({ code: "rate_limited" });

describe("createAttempts", () => {
  it("refuses the third try for one person and says when to come back", async () => {
    const attempts = createAttempts(LIMITS);
    await attempts.countSignIn("1.2.3.4", "ada@example.test");
    await attempts.countSignIn("1.2.3.4", "ADA@example.test");
    const third = attempts.countSignIn("1.2.3.4", "Ada@example.test");
    await expect(third).rejects.toEqual(refused);
    await expect(third).rejects.toMatchObject({ extras: { details: { retryAfterSeconds: 600 } } });
  });

  it("does not lock a person out for someone at another address", async () => {
    const attempts = createAttempts(LIMITS);
    for (let i = 0; i < 2; i++) await attempts.countSignIn("6.6.6.6", "ada@example.test");
    await expect(attempts.countSignIn("1.2.3.4", "ada@example.test")).resolves.toBeUndefined();
  });

  it("stops an address that tries many people", async () => {
    const attempts = createAttempts(LIMITS);
    for (let i = 0; i < 4; i++) await attempts.countSignIn("6.6.6.6", `person${i}@example.test`);
    await expect(attempts.countSignIn("6.6.6.6", "person5@example.test")).rejects.toEqual(refused);
  });

  it("starts over after a success", async () => {
    const attempts = createAttempts(LIMITS);
    await attempts.countSignIn("1.2.3.4", "ada@example.test");
    await attempts.forgetSignIn("1.2.3.4", "ada@example.test");
    for (let i = 0; i < 2; i++) await attempts.countSignIn("1.2.3.4", "ada@example.test");
    await expect(attempts.countSignIn("1.2.3.4", "ada@example.test")).rejects.toEqual(refused);
  });

  it("starts over after the right setup token, too", async () => {
    const attempts = createAttempts(LIMITS);
    for (let i = 0; i < 4; i++) {
      await attempts.countSetup("1.2.3.4");
      await attempts.forgetSetup("1.2.3.4");
    }
    for (let i = 0; i < 2; i++) await attempts.countSetup("1.2.3.4");
    await expect(attempts.countSetup("1.2.3.4")).rejects.toEqual(refused);
  });

  it("counts setup tokens apart from sign-ins", async () => {
    const attempts = createAttempts(LIMITS);
    for (let i = 0; i < 2; i++) await attempts.countSetup("1.2.3.4");
    await expect(attempts.countSetup("1.2.3.4")).rejects.toEqual(refused);
    await expect(attempts.countSignIn("1.2.3.4", "ada@example.test")).resolves.toBeUndefined();
  });
});
