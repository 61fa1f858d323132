import { describe, expect, it } from "vitest";
import { isSendKey } from "./send-key.ts";

const press = (event: Partial<Parameters<typeof isSendKey>[0]>) =>
  isSendKey({ key: "Enter", shiftKey: false, altKey: false, isComposing: false, keyCode: 13, ...event });

describe("isSendKey", () => {
  it("sends on Enter", () => {
    expect(press({})).toBe(true);
    expect(press({ key: "a" })).toBe(false);
  });

  it("leaves Shift and Alt with Enter for a new line", () => {
    expect(press({ shiftKey: true })).toBe(false);
    expect(press({ altKey: true })).toBe(false);
  });

  it("does not send half a word that an input method is composing", () => {
    expect(press({ isComposing: true })).toBe(false);
    expect(press({ keyCode: 229 })).toBe(false);
  });
});
