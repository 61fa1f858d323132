import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findPlace } from "./manifest-place.ts";

/** `|` marks the caret. */
function at(marked: string) {
  const offset = marked.indexOf("|");
  return findPlace(marked.replace("|", ""), offset);
}

const TEXT = `type: http
metadata:
  name: Acme's
  capabilities:
    streaming: true
  config_schema:
    - name: api_key
      type: string
    - name: timeout
      validation:
        min: 1
`;

describe("the place in a block", () => {
  it.each([
    ["ty|", "", null],
    ["type: h|", "", "type"],
    ["type: |", "", "type"],
    ["type: http\n|", "", null],
    ["metadata:\n  na|", "metadata", null],
    ["metadata:\n  capabilities:\n    str|", "metadata.capabilities", null],
    ["metadata:\n  capabilities:\n    streaming: t|", "metadata.capabilities", "streaming"],
    ["metadata:\n  config_schema:\n    |", "metadata.config_schema", null],
    ["metadata:\n  config_schema:\n    - na|", "metadata.config_schema[]", null],
    ["metadata:\n  config_schema:\n  - na|", "metadata.config_schema[]", null],
    ["metadata:\n  config_schema:\n    - name: x\n      ty|", "metadata.config_schema[]", null],
    ["metadata:\n  config_schema:\n    - name: x\n      type: s|", "metadata.config_schema[]", "type"],
    ["metadata:\n  config_schema:\n    - name: x\n    |", "metadata.config_schema", null],
    [
      "metadata:\n  config_schema:\n    - name: x\n      validation:\n        m|",
      "metadata.config_schema[].validation",
      null,
    ],
    [`${TEXT}  ho|`, "metadata", null],
    [`${TEXT}        ma|`, "metadata.config_schema[].validation", null],
    [`${TEXT}      re|`, "metadata.config_schema[]", null],
    [`${TEXT}au|`, "", null],
  ])("%j", (marked, path, key) => {
    expect(at(marked)).toMatchObject({ path, key, flow: false });
  });

  it("knows the keys that are there already, before and after", () => {
    expect(at(`type: http\nen|\nmetadata:\n  name: A\n`)?.siblings.toSorted()).toEqual(["metadata", "type"]);
    expect(at(`${TEXT}      re|`)?.siblings.toSorted()).toEqual(["name", "validation"]);
  });

  it("says nothing in a comment or in the middle of a text", () => {
    expect(at("# ty|")).toBeNull();
    expect(at("type: http # ne|")).toBeNull();
  });
});

describe("the place in braces", () => {
  it.each([
    ["{ |", "", null],
    ['{ "ty|', "", null],
    ['{ "type": "h|', "", "type"],
    ['{ "type": "http", "metadata": { "na|', "metadata", null],
    ['{ "metadata": { "config_schema": [ |', "metadata.config_schema", null],
    ['{ "metadata": { "config_schema": [ { "name": "x", "ty|', "metadata.config_schema[]", null],
    ['{ "metadata": { "config_schema": [ { "name": "x" }, { "type": |', "metadata.config_schema[]", "type"],
    ["metadata:\n  capabilities: { stre|", "metadata.capabilities", null],
    ["metadata:\n  config_schema:\n    - { name: x, ty|", "metadata.config_schema[]", null],
    [
      "metadata:\n  config_schema:\n    - { name: x, validation: { m|",
      "metadata.config_schema[].validation",
      null,
    ],
    [
      "metadata:\n  config_schema:\n    - { name: x }\n    - { name: y, default: |",
      "metadata.config_schema[]",
      "default",
    ],
    ["metadata:\n  name: Acme's [beta\n  capabilities: { v|", "metadata.capabilities", null],
  ])("%j", (marked, path, key) => {
    expect(at(marked)).toMatchObject({ path, key, flow: true });
  });

  it("knows the keys of this brace only", () => {
    expect(at('{ "type": "http", "metadata": { "name": "x", "|')?.siblings).toEqual(["name"]);
  });
});

it("survives any text at any place", () => {
  const signs = fc.constantFrom("a", ":", " ", "\n", "-", "{", "}", "[", "]", '"', "'", "#", ",", "\\");
  fc.assert(
    fc.property(fc.string({ unit: signs, maxLength: 60 }), fc.nat(60), (text, offset) => {
      const place = findPlace(text, Math.min(offset, text.length));
      expect(place === null || place.from <= offset).toBe(true);
    }),
  );
});
