import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants";
import { version } from "./package.json" with { type: "json" };

const SECURITY_HEADERS = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=()" },
];

export default function config(phase: string): NextConfig {
  const development = phase === PHASE_DEVELOPMENT_SERVER;
  return {
    poweredByHeader: false,
    // What of Next the pages need at run time, and no more, is copied beside them: scripts/build.mjs puts both into dist/pages.
    output: "standalone",
    outputFileTracingRoot: import.meta.dirname,
    images: { unoptimized: true },
    // `npm run check` types the whole project; a newcomer's first start need not wait for it.
    typescript: { ignoreBuildErrors: true },
    reactStrictMode: true,
    // A tab that is older than the server asks for a fresh page instead of half of one.
    ...(development ? {} : { deploymentId: version.replaceAll(".", "-") }),
    allowedDevOrigins: ["127.0.0.1", "localhost"],
    compiler: { defineServer: { LOOM_DEVELOPMENT: development } },
    headers: async () => [{ source: "/:path*", headers: SECURITY_HEADERS }],
  };
}
