import { builtinModules } from "node:module";
import path from "node:path";
import { ONE_HOME } from "./import-table.mjs";

/** The rules no published plugin has: one home per effect, and file names. */

const BUILTIN = new Set(builtinModules);
const GLOBAL_OBJECTS = new Set(["globalThis", "window", "self", "global"]);

/** `http` and `node:http` are one module; so are `next/link` and `next/*` for a pattern. */
function isModule(source, pattern) {
  const name = BUILTIN.has(source) ? `node:${source}` : source;
  return pattern.endsWith("/*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** The names an import or re-export takes; `*` stands for everything, the default included. */
function importedNames(node) {
  if (!node.specifiers || node.specifiers.length === 0) return ["*"];
  return node.specifiers.map((specifier) => {
    const imported = specifier.type === "ExportSpecifier" ? specifier.local : specifier.imported;
    const name = imported?.name ?? imported?.value ?? "*";
    return name === "default" ? "*" : name;
  });
}

function isForbiddenImport(module, source, names) {
  if (typeof module === "string") return isModule(source, module);
  return isModule(source, module.name) && names.some((name) => name === "*" || module.names.includes(name));
}

function memberName(member) {
  if (!member.computed) return member.property.name;
  return member.property.type === "Literal" ? String(member.property.value) : undefined;
}

/** How a global is used at one place, in the words of the table: `fetch`, `Date.now`, `new Date()`, `process.env`. */
function usesOf(identifier) {
  let node = identifier;
  let name = identifier.name;
  if (GLOBAL_OBJECTS.has(name) && node.parent.type === "MemberExpression" && node.parent.object === node) {
    node = node.parent;
    name = memberName(node);
  }
  const { parent } = node;
  const uses = [name];
  if (parent.type === "MemberExpression" && parent.object === node)
    uses.push(`${name}.${memberName(parent)}`);
  if (parent.type === "VariableDeclarator" && parent.id.type === "ObjectPattern") {
    for (const property of parent.id.properties) uses.push(`${name}.${property.key?.name}`);
  }
  if (parent.callee === node && parent.arguments.length === 0) {
    if (parent.type === "CallExpression") uses.push(`${name}()`);
    if (parent.type === "NewExpression") uses.push(`new ${name}()`);
  }
  return uses;
}

/** Every place where the file uses a name it did not declare. Types are left out: they do nothing. */
function globalReferences(sourceCode) {
  const scope = sourceCode.scopeManager.globalScope;
  const known = [...scope.set.values()].filter((variable) => variable.defs.length === 0);
  const references = [...scope.through, ...known.flatMap((variable) => variable.references)];
  return references
    .filter((reference) => reference.isValueReference !== false)
    .map((reference) => reference.identifier);
}

const oneHome = {
  meta: {
    type: "problem",
    schema: [],
    messages: { away: "{{effect}} has one home, {{homes}}: {{why}}." },
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).replaceAll("\\", "/");
    const isHome = (home) => (home.endsWith("/") ? file.startsWith(home) : file === home);
    const away = ONE_HOME.filter(({ homes }) => !homes.some(isHome));

    function report(node, { effect, homes, why }) {
      context.report({ node, messageId: "away", data: { effect, homes: homes[0], why } });
    }
    function checkImport(node) {
      const source = node.source?.value;
      if (typeof source !== "string") return;
      const names = importedNames(node);
      for (const effect of away) {
        if (effect.modules?.some((module) => isForbiddenImport(module, source, names))) report(node, effect);
      }
    }
    return {
      ImportDeclaration: checkImport,
      ExportNamedDeclaration: checkImport,
      ExportAllDeclaration: checkImport,
      ImportExpression: checkImport,
      "Program:exit"() {
        for (const identifier of globalReferences(context.sourceCode)) {
          const uses = usesOf(identifier);
          for (const effect of away) {
            if (effect.globals?.some((name) => uses.includes(name))) report(identifier, effect);
          }
        }
      },
    };
  },
};

const VAGUE = new Set(["index", "util", "utils", "helper", "helpers", "misc", "types", "common"]);
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|spec|config|d))*$/;

const fileName = {
  meta: {
    type: "suggestion",
    schema: [],
    messages: {
      kebab: "{{name}} is not kebab-case: small letters, digits and hyphens.",
      vague: "{{name}} does not say what is inside: name the thing (no barrels, no catch-alls).",
    },
  },
  create(context) {
    return {
      Program(node) {
        const name = path.basename(context.filename).replace(/\.[cm]?[jt]sx?$/, "");
        if (!KEBAB.test(name)) context.report({ node, messageId: "kebab", data: { name } });
        if (VAGUE.has(name)) context.report({ node, messageId: "vague", data: { name } });
      },
    };
  },
};

export const houseRules = { rules: { "one-home": oneHome, "file-name": fileName } };
