import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createGateway } from "./handler.ts";

const server = createServer(createGateway());
let origin = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

it("answers 404 in OpenAI's error shape", async () => {
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: "POST",
    body: "x".repeat(1_000_000),
  });
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    error: {
      message: expect.stringContaining("not part of this version"),
      type: "invalid_request_error",
      param: null,
      code: "gateway_not_available",
    },
  });
});
