import ipaddr from "ipaddr.js";
import { AppError } from "../contract/error.ts";

/** What may be contacted: always, after an admin's consent to that exact host:port, or never. */
export type AddressClass = "allowed" | "approval" | "forbidden";

/**
 * Never, although their ranges read as public or private: machine-metadata services.
 * Azure, Alibaba, AWS (IPv6), Google (IPv6), Oracle. 169.254.169.254 falls under link-local.
 */
const METADATA_SERVICES = new Set([
  "168.63.129.16",
  "100.100.100.200",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd20:ce::254",
]);

const CLASS_OF_RANGE: Readonly<Record<string, AddressClass>> = {
  unicast: "allowed",
  loopback: "approval",
  private: "approval",
  uniqueLocal: "approval",
  carrierGradeNat: "approval",
};

/** IANA gave out only this part of IPv6 as global unicast; ipaddr.js calls everything it does not know "unicast". */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("2000::"), 3];

/**
 * Tier of an IP literal as resolvers, sockets and URL hosts spell it (reliability.md, Addresses). An IPv4-mapped IPv6
 * address counts as the IPv4 address in it. Whatever is not an IP address, and every range that is neither public nor
 * local, is forbidden.
 */
export function classifyAddress(ip: string): AddressClass {
  const address = parseLiteral(ip);
  if (address === null || METADATA_SERVICES.has(address.toString())) return "forbidden";
  const tier = CLASS_OF_RANGE[address.range()] ?? "forbidden";
  const isPublic = address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST);
  return tier === "allowed" && !isPublic ? "forbidden" : tier;
}

/** ipaddr.js reads ::127.0.0.1 as if it were ::ffff:127.0.0.1; the URL parser spells IPv6 so that nothing can be misread. */
function parseLiteral(ip: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(ip)) return ipaddr.IPv4.parse(ip);
  const literal = ip.replace(/%.*$/, ""); // A zone id (fe80::1%eth0) names an interface, not another address.
  if (!/^[0-9a-f:.]+$/i.test(literal) || !URL.canParse(`http://[${literal}]`)) return null;
  return ipaddr.process(new URL(`http://[${literal}]`).hostname.slice(1, -1));
}

/** https://fetch.spec.whatwg.org/#port-blocking: ports on which browsers refuse to speak HTTP. */
const BAD_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

export function isBadPort(port: number): boolean {
  return BAD_PORTS.has(port);
}

/** Where a plugin answers. `url` is what to store and to compare; `host` has no brackets around an IPv6 address. */
export interface Endpoint {
  /** scheme://host[:port][/prefix], host in its one spelling (lower case, no default port), no trailing slash. */
  url: string;
  host: string;
  port: number;
  secure: boolean;
}

/** `127.0.0.1:8090`, `[::1]:8090`: how messages and the API name a place. `host` without brackets. */
export function formatPlace(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Longest address accepted, as in `PluginSource`. */
const MAX_LENGTH = 2048;

/** gRPC addresses are read as HTTP ones: WHATWG normalises hosts of the web's own schemes only. */
const WEB_SCHEME: Readonly<Record<string, "http:" | "https:">> = {
  "http:": "http:",
  "https:": "https:",
  "grpc:": "http:",
  "grpcs:": "https:",
};

/**
 * Reads a plugin's base address with the one URL parser the console has (WHATWG), so that 2130706433, 0x7f.1 and
 * 127.0.0.1 are the same host when checked and when used. Throws `invalid_url` with the fix as hint.
 */
export function parseEndpoint(text: string): Endpoint {
  const { scheme, url, port, secure } = readUrl(text.trim(), "endpoint");
  if (url.href.includes("?")) throw refuse("The address contains a query", "Remove the ? and what follows.");
  if (url.href.includes("#"))
    throw refuse("The address contains a fragment", "Remove the # and what follows.");
  const authority = scheme === url.protocol ? url.host : `${url.hostname}:${port}`;
  if (scheme !== url.protocol && url.pathname !== "/") {
    throw refuse("A gRPC address has no path", `Write ${scheme}//${authority}`);
  }
  return {
    url: `${scheme}//${authority}${url.pathname.replace(/\/+$/, "")}`,
    host: toHost(url),
    port,
    secure,
  };
}

/**
 * Reads the address of a manifest by the same rules: http and https only, no user name, no port of another protocol. A query is fine,
 * a fragment is dropped. Throws `invalid_url`.
 */
export function parseManifestAddress(text: string): Endpoint {
  const { scheme, url, port, secure } = readUrl(text.trim(), "manifestUrl");
  if (scheme !== url.protocol) {
    throw refuse(
      "A manifest is fetched over http or https",
      "Use an address like https://example.com/plugin.yaml",
      "manifestUrl",
    );
  }
  url.hash = "";
  return { url: url.href, host: toHost(url), port, secure };
}

function toHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function readUrl(text: string, field: string): { scheme: string; url: URL; port: number; secure: boolean } {
  const { scheme, url } = parseUrl(text, field);
  if (url.username !== "" || url.password !== "") {
    throw refuse(
      "The address contains a user name or password",
      "Remove the part before @; a key belongs in the plugin's configuration.",
      field,
    );
  }
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  if (isBadPort(port)) {
    throw refuse(
      `Port ${port} belongs to another protocol and is never used for HTTP`,
      "Use another port, for example 8090.",
      field,
    );
  }
  return { scheme, url, port, secure };
}

function parseUrl(text: string, field: string): { scheme: string; url: URL } {
  if (text === "") throw refuse("The address is empty", "Write it like http://127.0.0.1:8090", field);
  if (text.length > MAX_LENGTH) {
    throw refuse(`The address has ${text.length} characters`, `At most ${MAX_LENGTH} are accepted.`, field);
  }
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text)?.[0].toLowerCase();
  const web = scheme === undefined ? undefined : WEB_SCHEME[scheme];
  if (scheme === undefined || web === undefined) {
    const looksBare = /^[^/\s]+(:\d+)?(\/|$)/.test(text) && !text.includes("://");
    throw refuse(
      "The address must start with http:// or https://",
      looksBare && /^[\w.[\]:-]+/.test(text)
        ? `Perhaps http://${text.slice(0, 100)}`
        : "For example http://127.0.0.1:8090",
      field,
    );
  }
  const rewritten = `${web}${text.slice(scheme.length)}`;
  const url = URL.parse(rewritten);
  // A label of nothing but the mark of an encoded name: WHATWG parsers refuse it up to Node 22 and pass it since.
  if (url === null || /(?:^|\.)xn--(?:\.|$)/.test(url.hostname)) {
    throw refuse(
      "The address cannot be read",
      "Write scheme, host and port, like http://127.0.0.1:8090",
      field,
    );
  }
  url.hostname = toPlainHost(url.hostname);
  return { scheme, url };
}

/**
 * One spelling for each place, where WHATWG leaves two: an IPv4 address inside IPv6 is that IPv4 address, and the dot that ends a
 * name says nothing more about it.
 */
function toPlainHost(hostname: string): string {
  const literal = /^\[(.*)\]$/.exec(hostname)?.[1];
  if (literal === undefined) return hostname.replace(/([^.])\.$/, "$1");
  const address = ipaddr.process(literal);
  return address instanceof ipaddr.IPv4 ? address.toString() : hostname;
}

function refuse(message: string, hint: string, field = "endpoint"): AppError {
  return new AppError("invalid_url", message, { field, hint });
}
