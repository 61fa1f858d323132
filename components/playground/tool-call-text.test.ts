import { expect, it } from "vitest";
import { toCallText } from "./tool-call-text.ts";

const call = (name: string, text: string) =>
  toCallText({ id: "1", type: "function", function: { name, arguments: text } });

it("lays out arguments that are JSON, and shows what is not as it is", () => {
  expect(call("weather", '{"city":"Oslo"}')).toBe('weather({\n  "city": "Oslo"\n})');
  expect(call("weather", '{"city": ')).toBe('weather({"city":)');
  expect(call("", "")).toBe("unnamed()");
});
