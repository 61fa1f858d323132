import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromStruct, toStruct } from "./struct.ts";
import { decodeMessage, encodeMessage, readPluginProto } from "./grpc-schema.ts";

function roundTrip(type: string, json: Record<string, unknown>): unknown {
  return decodeMessage(type, encodeMessage(type, json));
}

describe("messages", () => {
  it("keep absent, zero, false and empty apart", () => {
    expect(roundTrip("Usage", {})).toEqual({});
    expect(roundTrip("Usage", { prompt_tokens: 0, cost_usd: 0 })).toEqual({ prompt_tokens: 0, cost_usd: 0 });
    expect(roundTrip("Health", { message: "" })).toEqual({ message: "" });
    expect(roundTrip("Health", { healthy: false })).toEqual({ healthy: false });
    expect(roundTrip("Model", { id: "a", cost_per_mtoken: null, name: undefined })).toEqual({ id: "a" });
  });

  it("carry a request with everything in it", () => {
    const request = {
      model: "m",
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
          ],
        },
        {
          role: "assistant",
          tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", content: "42", tool_call_id: "1" },
      ],
      temperature: 0.4,
      max_tokens: 100,
      stop: ["\n"],
      stream: true,
      tools: [{ type: "function", function: { name: "f", parameters: { type: "object" } } }],
      tool_choice: "auto",
      plugin_specific: { seed: 7, deep: [{ a: null }] },
      response_format: { type: "json_object" },
    };
    expect(roundTrip("ChatRequest", request)).toEqual(request);
    expect(roundTrip("ChatRequest", { tool_choice: { type: "function" } })).toEqual({
      tool_choice: { type: "function" },
    });
  });

  it("carry defaults and enum members of any type", () => {
    const field = {
      name: "n",
      default: false,
      validation: { min: 0, enum: [1, "1", true, null, [2], { a: 3 }] },
    };
    expect(roundTrip("ConfigField", field)).toEqual(field);
  });

  it("keep fields the definition does not name, which never win over its own", () => {
    expect(roundTrip("Model", { id: "a", mood: "sunny" })).toEqual({ id: "a", mood: "sunny" });
    const disguised = { id: "a", extra: { id: "b", mood: "sunny" } };
    expect(roundTrip("Model", disguised)).toEqual(disguised);
  });

  it("leave every prototype alone", () => {
    const hostile = JSON.parse(
      '{"id":"a","__proto__":{"polluted":true},"metadata":{"__proto__":{"polluted":true}}}',
    );
    roundTrip("Model", hostile);
    expect({}).not.toHaveProperty("polluted");
  });

  it("refuse what does not fit", () => {
    expect(() => encodeMessage("InitializeRequest", { config: "text" })).toThrow(/object/);
    let deep: unknown = 1;
    for (let level = 0; level < 1_000; level += 1) deep = [deep];
    expect(() => encodeMessage("InitializeRequest", { config: { deep } })).toThrow(/depth|nest/i);
  });

  it("decode any bytes into an object or throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const type of ["Metadata", "ChatChunk", "PluginError"]) {
          try {
            expect(typeof decodeMessage(type, Buffer.from(bytes))).toBe("object");
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        }
      }),
    );
  });
});

it("any JSON survives the journey as a Struct", () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 }), { noNullPrototype: true });
  fc.assert(
    fc.property(json, (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
      expect(fromStruct(toStruct(plain))).toEqual(plain);
      expect(roundTrip("InitializeRequest", { config: plain })).toEqual({ config: plain });
    }),
  );
});

it("the definition is handed out as it is", () => {
  expect(readPluginProto()).toContain("package loom.plugin.v1;");
});
