import { Manifest, type Finding } from "../contract/manifest.ts";
import { isJsonObject, matchKeys } from "../core/json-object.ts";
import { createFindings, type Findings } from "./findings.ts";
import { makeVisible, reportInvisible } from "./invisible.ts";
import { checkJsonDialect, isJsonText } from "./json-dialect.ts";
import { MANIFEST_SHAPE, METADATA_SHAPE } from "./manifest-shape.ts";
import { checkManifest } from "./manifest-rules.ts";
import { checkPrices } from "./price-rules.ts";
import { applyShape, type Shape } from "./shape.ts";
import type { Entry, MapNode, Position } from "./tree.ts";
import { createLocator } from "./yaml-text.ts";
import { parseTree } from "./yaml-tree.ts";

export interface ManifestReading {
  /** Null when one of the findings is an error. */
  manifest: Manifest | null;
  /** Everything noticed on the way, in the order of the text. */
  findings: Finding[];
  /** Where a field stands, for what others find out about it later; where it is missing, the place it is missing from. */
  positionOf(path: string): Position | undefined;
}

/** Manifest text (YAML or JSON) → manifest and findings. Never throws for any text. */
export function readManifest(text: string): ManifestReading {
  const visible = makeVisible(text.replace(/^\uFEFF/, ""));
  const { source } = visible;
  const findings = createFindings(
    /^\s*\{/.test(source) || isJsonText(source) ? "json" : "yaml",
    createLocator(source),
  );
  reportInvisible(visible, findings);
  const isReadable = !isJsonText(source) || checkJsonDialect(source, findings);
  const manifest = isReadable ? read(source, findings) : null;
  const { positionOf } = findings;
  return { manifest: findings.hasErrors() ? null : manifest, findings: findings.list(), positionOf };
}

function read(source: string, findings: Findings): Manifest | null {
  const tree = parseTree(source, findings);
  if (tree === null) return null;
  findings.locate("", tree.at);
  if (tree.kind !== "map") {
    const what = /^\s*</.test(source) ? "a web page" : tree.kind === "list" ? "a list" : "a single value";
    const message = `A manifest is an object with type, endpoint and metadata; this is ${what}.`;
    findings.error("not_an_object", "", message, "Start with type: http.");
    return null;
  }
  moveIntoMetadata(tree, findings);
  noticeLostIndentation(tree, findings);
  checkPrices(tree, findings);
  const value = applyShape(tree, MANIFEST_SHAPE, "", findings);
  if (!isJsonObject(value)) return null;
  checkManifest(value, findings);
  if (findings.hasErrors()) return null;
  const parsed = Manifest.safeParse(value);
  return parsed.success ? parsed.data : reportRest(parsed.error.issues, findings);
}

/** Belongs inside `metadata`; the guide's own text shows it outside in some copies. */
const MISPLACED = ["capabilities", "config_schema"];

function moveIntoMetadata(tree: MapNode, findings: Findings): void {
  const metadata = findEntry(tree, "metadata")?.value;
  if (metadata?.kind !== "map") return;
  for (const name of MISPLACED) {
    const entry = findEntry(tree, name);
    if (!entry) continue;
    findings.locate(name, entry.at);
    if (findEntry(metadata, name)) {
      const message = `${name} is given twice, here and inside metadata; the one inside counts.`;
      findings.warning("misplaced_field", name, message, "Remove this one.", { refusedByLoom: true });
    } else {
      findings.warning(
        "misplaced_field",
        name,
        `${name} belongs inside metadata; it is read as if it stood there, but Loom itself does not look here.`,
        "Indent it below metadata.",
        { refusedByLoom: true },
      );
      metadata.entries.push(entry);
    }
    tree.entries = tree.entries.filter((other) => other !== entry);
  }
}

/**
 * A copy that lost its indentation, as from a web page, has an empty `metadata` and its fields beside it. That is one mistake, told
 * once: the fields are taken away, so that none of them is called unknown.
 */
function noticeLostIndentation(tree: MapNode, findings: Findings): void {
  const metadata = findEntry(tree, "metadata");
  const isEmpty = !metadata || (metadata.value.kind === "scalar" && metadata.value.value === null);
  const stray = tree.entries.filter(({ key }) => IN_METADATA.has(key));
  if (!isEmpty || stray.length < 2) return;
  findings.locate("metadata", metadata?.at ?? stray[0]?.at);
  findings.error(
    "not_indented",
    "metadata",
    `metadata is empty, and its fields stand beside it: ${stray.map(({ key }) => key).join(", ")}.`,
    "Put these lines below metadata: with two spaces in front, and what belongs to one of them with four.",
  );
  tree.entries = tree.entries.filter((entry) => entry !== metadata && !stray.includes(entry));
}

/** Names that mean something inside `metadata` and nothing beside it. */
const IN_METADATA = new Set(
  [METADATA_SHAPE, fieldsOf(METADATA_SHAPE)["capabilities"]].flatMap((shape) => Object.keys(fieldsOf(shape))),
);

function fieldsOf(shape: Shape | undefined): Readonly<Record<string, Shape>> {
  return shape?.is === "object" ? shape.fields : {};
}

function findEntry(tree: MapNode, name: string): Entry | undefined {
  const [key] = matchKeys(
    tree.entries.map((entry) => entry.key),
    [name],
  ).keys();
  return tree.entries.find((entry) => entry.key === key);
}

/** The contract has the last word: whatever the checks above did not foresee. */
function reportRest(
  issues: ReadonlyArray<{ path: PropertyKey[]; message: string }>,
  findings: Findings,
): null {
  for (const { path, message } of issues) {
    findings.error(
      "invalid_manifest",
      path.map(String).join("."),
      `${message}.`,
      "Compare with the plugin guide.",
    );
  }
  return null;
}
