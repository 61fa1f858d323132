import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeMessage } from "./grpc-schema.ts";
import { hasMoreFields } from "./protobuf-scan.ts";

it("counts what a message has at its top, whatever the values are", () => {
  const model = fc.record({
    id: fc.string(),
    context_window: fc.nat(),
    cost_per_mtoken: fc.double({ min: 0.1, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(model, { minLength: 1, maxLength: 50 }), (models) => {
      const bytes = encodeMessage("GetModelsResponse", { models });
      expect(hasMoreFields(bytes, models.length)).toBe(false);
      expect(hasMoreFields(bytes, models.length - 1)).toBe(true);
    }),
  );
  const metadata = encodeMessage("Metadata", { name: "n", version: "1", provider_type: "t", homepage: "h" });
  expect([3, 4].map((max) => hasMoreFields(metadata, max))).toEqual([true, false]);
});

it("ends for every sequence of bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), (bytes, max) => {
      expect(typeof hasMoreFields(bytes, max)).toBe("boolean");
    }),
    { numRuns: 2_000 },
  );
});
