import { describe, expect, it } from "vitest";
import { readJson } from "./body.ts";

const MAX = 1024;

function post(
  body: BodyInit,
  headers: Record<string, string> = { "content-type": "application/json" },
): Request {
  return new Request("http://127.0.0.1/", { method: "POST", headers, body, duplex: "half" } as RequestInit);
}

/** A body without a length, in pieces, that counts how many were taken. */
function chunked(pieces: number, size: number) {
  let taken = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(sink) {
        if (taken === pieces) return sink.close();
        taken++;
        sink.enqueue(new Uint8Array(size).fill(0x20));
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, taken: () => taken };
}

const fail = (code: string) => expect.objectContaining({ code });

describe("readJson", () => {
  it("reads an object", async () => {
    expect(await readJson(post('{"a":[1,"ü"]}'), MAX)).toEqual({ a: [1, "ü"] });
  });

  it("accepts a charset that says UTF-8", async () => {
    const request = post("{}", { "content-type": 'Application/JSON; charset="UTF-8"' });
    expect(await readJson(request, MAX)).toEqual({});
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin1",
    "text/json",
    "",
  ])("refuses the content type %j", async (type) => {
    await expect(readJson(post("{}", { "content-type": type }), MAX)).rejects.toEqual(
      fail("unsupported_media_type"),
    );
  });

  it.each(["application/json", "text/plain", ""])("takes no bytes of type %j for no body", async (type) => {
    expect(await readJson(post("", { "content-type": type, "content-length": "0" }), MAX)).toBeUndefined();
  });

  it("takes a body without bytes and type for none", async () => {
    expect(await readJson(new Request("http://127.0.0.1/", { method: "POST" }), MAX)).toBeUndefined();
  });

  it.each(["  ", "{", "{'a':1}", '{"a":1}x', "undefined", '{"a":\u0000}'])("refuses %j", async (text) => {
    await expect(readJson(post(text), MAX)).rejects.toEqual(fail("invalid_json"));
  });

  it("refuses bytes that are not UTF-8", async () => {
    const bytes = new Uint8Array([0x22, 0xff, 0xfe, 0x22]);
    await expect(readJson(post(bytes), MAX)).rejects.toEqual(fail("invalid_json"));
  });

  it("refuses a declared length above the cap without reading", async () => {
    const { stream, taken } = chunked(10, 10);
    const headers = { "content-type": "application/json", "content-length": "1025" };
    await expect(readJson(post(stream, headers), MAX)).rejects.toEqual(fail("payload_too_large"));
    expect(taken()).toBe(0);
  });

  it("stops reading a chunked body at the cap", async () => {
    const { stream, taken } = chunked(1000, 100);
    await expect(readJson(post(stream), MAX)).rejects.toEqual(fail("payload_too_large"));
    expect(taken()).toBeLessThan(15);
  });

  it("is not fooled by a declared length below the real one", async () => {
    const { stream } = chunked(1000, 100);
    const headers = { "content-type": "application/json", "content-length": "5" };
    await expect(readJson(post(stream, headers), MAX)).rejects.toEqual(fail("payload_too_large"));
  });

  it.each([
    ["arrays", "[".repeat(100_000)],
    ["objects", '{"a":'.repeat(100_000)],
    ["closed arrays", "[".repeat(65) + "]".repeat(65)],
  ])("refuses deep %s", async (_name, text) => {
    await expect(readJson(post(text), 1_000_000)).rejects.toEqual(fail("invalid_json"));
  });

  it("does not count brackets inside strings", async () => {
    const text = JSON.stringify({ a: `${"[{".repeat(200)}\\"`, b: "\\" });
    expect(await readJson(post(text), MAX)).toEqual(JSON.parse(text));
  });
});
