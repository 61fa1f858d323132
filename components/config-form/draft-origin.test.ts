import { describe, expect, it } from "vitest";
import { NO_SECRET, type PluginConfig } from "@/lib/contract/config.ts";
import { ConfigField } from "@/lib/contract/manifest.ts";
import { checkForm } from "./config-resolver.ts";
import { draftOrigin, findLeftBehind } from "./draft-origin.ts";
import { toFormValues, toKey, type FormValues, type SecretDraft } from "./form-values.ts";

const SCHEMA = [
  { name: "base_url", type: "string", default: "https://api.example.com" },
  { name: "api_key", type: "string", required: true, sensitive: true },
].map((input) => ConfigField.parse(input));
const HOME = "https://api.example.com";
const CONFIG: PluginConfig = {
  schema: SCHEMA,
  version: 1,
  values: {},
  origin: HOME,
  addressField: { name: "base_url", fallback: HOME },
  secrets: { api_key: { ...NO_SECRET, configured: true, kind: "sealed", origin: HOME } },
};

function edit(address: string | null, secret?: SecretDraft): FormValues {
  const values = toFormValues(CONFIG);
  return {
    ...values,
    fields: { [toKey("base_url")]: address },
    secrets: secret ? { [toKey("api_key")]: secret } : values.secrets,
  };
}

describe("the origin of a form", () => {
  it.each([
    ["https://API.example.com:443/v1", HOME],
    [null, HOME],
    ["  ", HOME],
    ["http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"],
    ["https://user@evil.test/", "https://evil.test"],
    ["ftp://example.com", null],
    ["http", null],
  ])("of the address %s is %s", (address, origin) => {
    expect(draftOrigin(CONFIG, edit(address))).toBe(origin);
  });

  it("is where the plugin was when the form was loaded, for a plugin with an endpoint", () => {
    const config = { ...CONFIG, addressField: null, origin: "grpc://127.0.0.1:50051" };
    expect(draftOrigin({ ...config, origin: "moved" }, toFormValues(config))).toBe("grpc://127.0.0.1:50051");
  });
});

describe("an address elsewhere", () => {
  const moved = "https://other.example/v1";

  it("leaves stored secrets behind, and the form says so at them before it is sent", async () => {
    expect(findLeftBehind(CONFIG, edit(moved))).toEqual({
      names: ["api_key"],
      from: HOME,
      to: "https://other.example",
    });
    expect(await checkForm(CONFIG, edit(moved))).toEqual([
      {
        name: "api_key",
        message: `It belongs to ${HOME}: enter it again for https://other.example, or clear it`,
      },
    ]);
  });

  it.each<SecretDraft>([
    { action: "replace", text: "new" },
    { action: "reference", text: "env:LOOM_SECRET_A" },
    { action: "clear", text: "" },
  ])("leaves none behind that is dealt with: %o", (secret) => {
    expect(findLeftBehind(CONFIG, edit(moved, secret))).toBeNull();
  });

  it("is none while it cannot be read, and none when only the path differs", () => {
    expect(findLeftBehind(CONFIG, edit("https:/"))).toBeNull();
    expect(findLeftBehind(CONFIG, edit(`${HOME}/other`))).toBeNull();
  });
});
