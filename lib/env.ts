import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { findBasePathProblem } from "./core/base-path.mjs";

const flag = z.enum(["true", "false"]).transform((value) => value === "true");

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim().toLowerCase())
    .filter(Boolean),
);

const names = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  )
  .refine(
    (all) => all.every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)),
    "names of variables, separated by commas",
  )
  .refine(
    (all) => all.every((name) => !/^(LOOM_|PORT$|NODE_)/i.test(name)),
    "the console's own settings are never sent to a plugin (LOOM_SECRET_… is allowed without being listed)",
  );

const folders = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean)
    .map((item) => resolve(item)),
);

const path = z
  .string()
  .min(1)
  .transform((text) => resolve(text.replace(/^~(?=$|\/)/, () => homedir())));

const basePath = z
  .string()
  .superRefine((text, check) => {
    const problem = findBasePathProblem(text);
    if (problem !== null) check.addIssue({ code: "custom", message: problem });
  })
  .default("");

const Variables = z
  .object({
    NODE_ENV: z.enum(["development", "production", "test"]).default("production"),
    PORT: z.coerce.number().int().min(0, "0–65535").max(65_535, "0–65535").default(3000),
    LOOM_HOST: z.string().min(1).default("127.0.0.1"),
    LOOM_ALLOWED_HOSTS: list.default([]),
    LOOM_TRUST_PROXY: flag.default(false),
    LOOM_BASE_PATH: basePath,
    LOOM_DATA_DIR: path.default(() => resolve("data")),
    LOOM_ALLOW_PROCESSES: flag.default(false),
    LOOM_PLUGINS_DIR: path.optional(),
    LOOM_SECRET_KEY: z
      .string()
      .min(32, "at least 32 characters, e.g. from: openssl rand -base64 32")
      .optional(),
    LOOM_SECRET_KEY_FILE: path.optional(),
    LOOM_SECRET_KEY_OLD: z.string().min(32, "at least 32 characters").optional(),
    LOOM_SECRET_ENV: names.default([]),
    LOOM_SECRET_FILES: folders.default(["/run/secrets"]),
    LOOM_ADMIN_EMAIL: z.email("an e-mail address").optional(),
    LOOM_ADMIN_PASSWORD: z
      .string()
      .min(12, "at least 12 characters")
      .max(128, "at most 128 characters")
      .optional(),
    LOOM_LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
    LOOM_LOG_FORMAT: z.enum(["json", "pretty"]).optional(),
  })
  .refine((env) => env.LOOM_SECRET_KEY === undefined || env.LOOM_SECRET_KEY_FILE === undefined, {
    path: ["LOOM_SECRET_KEY_FILE"],
    error: "set LOOM_SECRET_KEY or LOOM_SECRET_KEY_FILE, not both",
  })
  .refine((env) => (env.LOOM_ADMIN_EMAIL === undefined) === (env.LOOM_ADMIN_PASSWORD === undefined), {
    path: ["LOOM_ADMIN_PASSWORD"],
    error: "set LOOM_ADMIN_EMAIL and LOOM_ADMIN_PASSWORD together, or neither",
  });

/** Settings of the process. Ports 0–65535 (0 takes a free one), paths absolute. */
export interface Env {
  development: boolean;
  port: number;
  host: string;
  /** Lower-case host names, besides loopback and `host`, under which the console may be visited. */
  allowedHosts: string[];
  /** True when a reverse proxy sets X-Forwarded-*. */
  trustProxy: boolean;
  /** The path under which people visit: "" for the root, else like "/loom". The pages are built for it. */
  basePath: string;
  dataDirectory: string;
  /** True when the console may start the processes of plugins that bring a command. */
  allowProcesses: boolean;
  /** The environment as it is, for the few names that such processes inherit. */
  variables: Readonly<Record<string, string | undefined>>;
  /** The variable that names a proxy for outgoing requests, which the console does not use; null when none is set. */
  proxyVariable: string | null;
  /** True inside a container, where localhost is the container itself. */
  isContainer: boolean;
  /** Watched for plugin manifests: the named one, else `./plugins` and, when it exists, `~/.loom/plugins`. */
  pluginFolders: string[];
  /** The writing key itself, or else where it lies; with neither, a file in the data directory. */
  secretKey: string | undefined;
  secretKeyFile: string | undefined;
  /** Keys that only read, one a line. */
  oldSecretKeys: string | undefined;
  /** Variables, besides `LOOM_SECRET_…`, that secrets may refer to. */
  secretVariables: string[];
  /** Folders whose files secrets may refer to, absolute. */
  secretFolders: string[];
  admin: { email: string; password: string } | undefined;
  logLevel: string;
  prettyLogs: boolean;
}

/** Thrown by `readEnv`; the message lists every bad variable, one a line. */
export class EnvError extends Error {}

/** The only reader of the environment. Empty variables count as unset. Throws `EnvError` with all problems at once. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = Variables.safeParse(present);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new EnvError(`These environment variables cannot be used:\n${lines.join("\n")}\nSee .env.example.`);
  }
  const env = parsed.data;
  return {
    development: env.NODE_ENV === "development",
    port: env.PORT,
    host: env.LOOM_HOST,
    allowedHosts: env.LOOM_ALLOWED_HOSTS,
    trustProxy: env.LOOM_TRUST_PROXY,
    basePath: env.LOOM_BASE_PATH,
    dataDirectory: env.LOOM_DATA_DIR,
    allowProcesses: env.LOOM_ALLOW_PROCESSES,
    variables: source,
    proxyVariable: PROXY_VARIABLES.find((name) => Boolean(source[name])) ?? null,
    isContainer:
      CONTAINER_MARKS.some((file) => existsSync(file)) || Boolean(source["KUBERNETES_SERVICE_HOST"]),
    pluginFolders: env.LOOM_PLUGINS_DIR === undefined ? defaultFolders() : [env.LOOM_PLUGINS_DIR],
    secretKey: env.LOOM_SECRET_KEY,
    secretKeyFile: env.LOOM_SECRET_KEY_FILE,
    oldSecretKeys: env.LOOM_SECRET_KEY_OLD,
    secretVariables: env.LOOM_SECRET_ENV,
    secretFolders: env.LOOM_SECRET_FILES,
    admin:
      env.LOOM_ADMIN_EMAIL && env.LOOM_ADMIN_PASSWORD
        ? { email: env.LOOM_ADMIN_EMAIL, password: env.LOOM_ADMIN_PASSWORD }
        : undefined,
    logLevel: env.LOOM_LOG_LEVEL,
    prettyLogs: env.LOOM_LOG_FORMAT ? env.LOOM_LOG_FORMAT === "pretty" : process.stdout.isTTY === true,
  };
}

/** As curl and others read them. */
const PROXY_VARIABLES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
/** Docker's and Podman's. */
const CONTAINER_MARKS = ["/.dockerenv", "/run/.containerenv"];

function defaultFolders(): string[] {
  const own = join(homedir(), ".loom", "plugins");
  return [...new Set([resolve("plugins"), ...(existsSync(own) ? [own] : [])])];
}

/** Next's configuration as it was when the pages were built: with it Next looks for no file, and needs no compiler to read one. */
export function setBuiltConfig(config: object): void {
  process.env["__NEXT_PRIVATE_STANDALONE_CONFIG"] = JSON.stringify(config);
}
