/**
 * The path under which the console is served, LOOM_BASE_PATH: "" for the root of a host, else "/loom" or "/tools/loom".
 * JavaScript, because the scripts that install and build need it before anything is installed.
 */

/**
 * First segments of the console's own addresses. A base path begins with none of them: behind a proxy that takes the prefix
 * away, /plugins/new could then not be told from /new under /plugins. `base-path.test.ts` compares them with `app/`.
 */
const OWN = new Set([
  "_next",
  "activity",
  "api",
  "icon.svg",
  "metrics",
  "playground",
  "plugins",
  "settings",
  "setup",
  "sign-in",
  "v1",
]);

/**
 * What a base path has to be and this one is not, or null. Unset is "".
 *
 * @param {string} text
 * @returns {string | null}
 */
export function findBasePathProblem(text) {
  if (text === "") return null;
  if (!text.startsWith("/")) return "it has to begin with a slash, for example /loom";
  if (text.endsWith("/")) return "it must not end in a slash; leave it empty for the root";
  const segments = text.slice(1).split("/");
  if (segments.some((segment) => !/^[A-Za-z0-9._~-]+$/.test(segment) || /^\.+$/.test(segment)))
    return "only letters, digits and . _ ~ - may stand between its slashes, for example /loom";
  const first = segments[0]?.toLowerCase() ?? "";
  return OWN.has(first)
    ? `/${first} is an address of the console itself: choose another, for example /loom`
    : null;
}

/**
 * The console's own address in what a request asked for: with the prefix, or already without it where a proxy took it away.
 * Both are the same, so nothing is ever redirected from one to the other, which would run in a circle behind such a proxy.
 *
 * @param {string} address path and query
 * @param {string} basePath
 * @returns {string} begins with a slash where `address` does
 */
export function withoutBasePath(address, basePath) {
  if (basePath === "" || !address.startsWith(basePath)) return address;
  const rest = address.slice(basePath.length);
  if (rest === "" || rest.startsWith("?") || rest.startsWith("#")) return `/${rest}`;
  return rest.startsWith("/") ? rest : address;
}

/**
 * A name for what belongs to this base path: "name" for the root, else "name+loom". "+" is in no segment, so no two are alike;
 * it may stand in names of folders and cookies.
 *
 * @param {string} name
 * @param {string} basePath
 * @returns {string}
 */
export function nameFor(name, basePath) {
  return name + basePath.replaceAll("/", "+");
}
