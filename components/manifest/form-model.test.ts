import { describe, expect, it, vi } from "vitest";
import type { Finding } from "@/lib/contract/manifest.ts";
import { createFormModel, parseTyped, parseTypedNumber, toFindingPath } from "./form-model.ts";

const finding = (path: string, severity: Finding["severity"]): Finding => ({
  path,
  severity,
  code: "x",
  message: path,
});

describe("a manifest as a form", () => {
  it("shows plain text as it is written", () => {
    const form = createFormModel("metadata: { version: 1.10 }\nauto_start: yes\n", [], vi.fn());
    expect(form?.text(["metadata", "version"])).toBe("1.10");
    expect(form?.text(["endpoint"])).toBe("");
  });

  it("brings each finding to its field, errors first, and counts those below", () => {
    const schema = ["metadata", "config_schema"];
    const found = [
      finding("metadata.config_schema[1].default", "warning"),
      finding("metadata.config_schema[1].default", "error"),
      finding("metadata.config_schema[10]", "error"),
    ];
    const form = createFormModel("type: http\n", found, vi.fn());
    expect(form?.findings([...schema, 1, "default"]).map(({ severity }) => severity)).toEqual([
      "error",
      "warning",
    ]);
    expect(form?.countErrors([...schema, 1])).toBe(1);
    expect(form?.countErrors(schema)).toBe(2);
  });

  it("hands every change over as text", () => {
    const onChange = vi.fn();
    createFormModel("type: http # kept\n", [], onChange)?.set(["type"], "grpc");
    expect(onChange).toHaveBeenCalledWith("type: grpc # kept\n");
  });

  it("is none for what is no object", () => {
    expect(createFormModel("- a\n", [], vi.fn())).toBeNull();
    expect(createFormModel("a: [", [], vi.fn())).toBeNull();
  });
});

it("names paths as findings do", () => {
  expect(toFindingPath(["metadata", "config_schema", 1, "name"])).toBe("metadata.config_schema[1].name");
});

it("reads what was typed by the type of the setting", () => {
  expect(parseTypedNumber(" 1.50 ")).toBe(1.5);
  expect(parseTypedNumber("1e999")).toBe("1e999");
  expect(parseTypedNumber("0x10")).toBe("0x10");
  expect(parseTypedNumber("")).toBeUndefined();
  expect(parseTyped("12", "string")).toBe("12");
  expect(parseTyped("12", "int")).toBe(12);
  expect(parseTyped("false", "bool")).toBe(false);
  expect(parseTyped("[1]", "object")).toEqual([1]);
  expect(parseTyped("[1", "object")).toBe("[1");
});
