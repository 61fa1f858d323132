import { findLikelyPrice } from "../core/cost.ts";
import type { Findings } from "./findings.ts";
import { joinPath, type MapNode, type Node } from "./tree.ts";

/**
 * Warns of every `cost_per_mtoken` in a document, wherever it stands, that looks like a price per thousand tokens: also in fields the
 * protocol does not know, and as the default of a configuration field of that name. `path` is where `root` stands.
 */
export function checkPrices(root: Node, findings: Findings, path = ""): void {
  const trail: Array<string | number> = path === "" ? [] : [path];

  function visit(node: Node): void {
    if (node.kind === "scalar") return;
    if (node.kind === "list") {
      for (const [index, item] of node.items.entries()) descend(index, item);
      return;
    }
    const priced = isPriceField(node) ? "default" : null;
    for (const { key, value } of node.entries) {
      if (isPriceName(key) || key === priced) checkPrice(key, value);
      descend(key, value);
    }
  }

  function descend(part: string | number, node: Node): void {
    if (node.kind === "scalar") return;
    trail.push(part);
    visit(node);
    trail.pop();
  }

  function checkPrice(key: string, node: Node): void {
    if (node.kind !== "scalar" || typeof node.value !== "number") return;
    const likely = findLikelyPrice(node.value);
    if (likely === null) return;
    const at = [...trail, key].reduce<string>(joinPath, "");
    const message = `${node.value} USD per million tokens looks like a price per thousand: cost_per_mtoken counts a million.`;
    findings.locate(at, node.at);
    findings.warning("price_per_thousand", at, message, `If it is per thousand tokens, write ${likely}.`);
  }

  visit(root);
}

function isPriceName(name: string): boolean {
  if (name.length < 13 || name.length > 15) return false;
  return name.toLowerCase().replace(/[_-]/g, "") === "costpermtoken";
}

/** `{ name: cost_per_mtoken, type: float, default: 0.002 }` */
function isPriceField({ entries }: MapNode): boolean {
  return entries.some(
    ({ key, value }) =>
      key === "name" &&
      value.kind === "scalar" &&
      typeof value.value === "string" &&
      isPriceName(value.value),
  );
}
