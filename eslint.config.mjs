import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import { houseRules } from "./scripts/house-rules.mjs";
import { MAY_IMPORT, SUBROOMS, TESTS, TOOLS } from "./scripts/import-table.mjs";

const TYPESCRIPT = ["**/*.ts", "**/*.tsx"];
const BROWSER = ["app/**", "components/**", "lib/client/**"];

/** One zone per row of the table: from anywhere in the repository, except what the row allows. */
const zones = Object.entries(MAY_IMPORT).map(([target, { from }]) => ({
  target: `./${target}`,
  from: ".",
  except: ["./node_modules", "./package.json", `./${target}`, ...from.map((path) => `./${path}`)],
  message: `${target} may import ${["itself", ...from].join(", ")} (docs/architecture.md, "Who may import whom").`,
}));

/** One zone per room: from the rooms beside it that its row does not name. */
const subroomZones = Object.entries(SUBROOMS)
  .flatMap(([folder, rooms]) =>
    Object.entries(rooms).map(([room, allowed]) => ({
      target: `./${folder}/${room}`,
      from: Object.keys(rooms)
        .filter((other) => other !== room && !allowed.includes(other))
        .map((other) => `./${folder}/${other}`),
      message: `Of the rooms beside it, ${folder}/${room} may import ${allowed.join(", ") || "none"} (SUBROOMS in scripts/import-table.mjs).`,
    })),
  )
  .filter(({ from }) => from.length > 0);

/** Folders that run anywhere name the few packages they may use; a `node:` module is none of them. */
const packageLists = Object.entries(MAY_IMPORT)
  .filter(([, { packages }]) => packages)
  .map(([folder, { packages }]) => ({
    files: [`${folder}/**`],
    ignores: TESTS,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^(?!(${packages.join("|")})$|@/|\\.)`,
              message: `${folder} runs anywhere: of all packages it may import ${packages.length > 0 ? `only ${packages.join(", ")}` : "none"}.`,
            },
          ],
        },
      ],
    },
  }));

export default tseslint.config(
  {
    // The example plugins are programs of their own, with their own dependencies and tests.
    ignores: [
      "node_modules/",
      ".next/",
      ".next+*/",
      "dist/",
      "data/",
      "!lib/data/",
      "lib/data/generated/",
      "examples/",
      "public/",
      "next-env.d.ts",
    ],
  },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.mjs", ...TYPESCRIPT],
    plugins: { "import-x": importX, house: houseRules },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver({ project: "tsconfig.json" })] },
    rules: {
      "house/file-name": "error",
      "import-x/no-default-export": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-constant-binary-expression": "error",
      "no-empty": "error",
      "no-eval": "error",
      "no-new-func": "error",
      "no-self-compare": "error",
      "no-useless-assignment": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["**/*.mjs", ...TYPESCRIPT],
    ignores: TESTS,
    rules: {
      "import-x/no-restricted-paths": [
        "error",
        { basePath: import.meta.dirname, zones: [...zones, ...subroomZones] },
      ],
    },
  },
  {
    files: ["**/*.mjs", ...TYPESCRIPT],
    ignores: [...TESTS, ...TOOLS],
    rules: { "house/one-home": "error" },
  },
  {
    files: TYPESCRIPT,
    ignores: [...TESTS, "test/**", "e2e/**"],
    rules: {
      // The soft limits are 200 and 40 (components 150); beyond these, a file or function is two things.
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 120, skipBlankLines: true, skipComments: true }],
    },
  },
  ...packageLists,
  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      // An interface that answers later is often implemented by something that answers at once.
      "@typescript-eslint/require-await": "off",
      // Our objects are closures: their methods have no `this` to lose, and props are taken apart all the time.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    // `expect.any(String)` and parsed answers are `any`, and asserting about them is the point.
    files: [...TESTS, "test/**"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
    },
  },
  {
    files: BROWSER,
    extends: [reactHooks.configs.flat["recommended-latest"]],
  },
  {
    // Where Next, a configuration loader or the tool demands it.
    files: [
      "app/**/{page,layout,loading,error,global-error,not-found,template,default,icon,robots,manifest}.{ts,tsx}",
      "*.config.{ts,mjs}",
      "**/*.d.ts",
    ],
    rules: { "import-x/no-default-export": "off" },
  },
);
