import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants";
import { nameFor } from "./lib/core/base-path.mjs";
import { version } from "./package.json" with { type: "json" };

const SECURITY_HEADERS = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=()" },
];

export default function config(phase: string): NextConfig {
  // Not through lib/env.ts, whose schema would cost every start half a second more: who starts or builds has checked it.
  const basePath = process.env["LOOM_BASE_PATH"] ?? "";
  const development = phase === PHASE_DEVELOPMENT_SERVER;
  return {
    poweredByHeader: false,
    // A proxy sends /loom on to /loom/; Next would send it back.
    ...(basePath === "" ? {} : { basePath, skipTrailingSlashRedirect: true }),
    // One build for each base path, beside each other.
    distDir: nameFor(".next", basePath),
    // What of Next the pages need at run time, and no more, is copied beside them: scripts/build.mjs puts both into dist/pages.
    output: "standalone",
    outputFileTracingRoot: import.meta.dirname,
    images: { unoptimized: true },
    // `npm run check` types the whole project; a newcomer's first start need not wait for it.
    typescript: { ignoreBuildErrors: true, tsconfigPath: "tsconfig.next.json" },
    reactStrictMode: true,
    // Its variant for browsers asks the document, which the worker that parses answers does not have.
    turbopack: {
      resolveAlias: {
        "decode-named-character-reference": "./node_modules/decode-named-character-reference/index.js",
      },
    },
    // A tab that is older than the server asks for a fresh page instead of half of one.
    ...(development ? {} : { deploymentId: version.replaceAll(".", "-") }),
    allowedDevOrigins: ["127.0.0.1", "localhost"],
    compiler: {
      define: { LOOM_COMPILED_BASE_PATH: basePath },
      defineServer: { LOOM_DEVELOPMENT: development },
    },
    headers: async () => [{ source: "/:path*", headers: SECURITY_HEADERS }],
  };
}
