import { parseEndpoint } from "./address.ts";

/** State of a socket that listens, in the words of the kernel's table. */
const LISTEN = "0A";
/** 127.0.0.0/8, ::1 and the former inside IPv6, as the table of a little-endian machine writes them. */
const LOOPBACK = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;
const UNSPECIFIED = /^(?:0{8}|0{32}|0{16}FFFF0{12})$/;
const LOOPBACK_HOST = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/** True for an endpoint that only this machine can reach. */
export function isLoopback(endpoint: string): boolean {
  return LOOPBACK_HOST.test(parseEndpoint(endpoint).host);
}

/**
 * Inodes of the sockets that listen where `endpoint` leads, out of the kernel's tables (proc_net_tcp: `/proc/net/tcp` and `tcp6`). Every one
 * that might take the connection is in it: of several at one port nobody can say which one will.
 */
export function findListeners(tables: string, endpoint: string): string[] {
  const { port } = parseEndpoint(endpoint);
  const loopbackOnly = isLoopback(endpoint);
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return tables.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = "", at] = local.split(":");
    if (state !== LISTEN || at !== wanted || inode === undefined) return [];
    return loopbackOnly && !LOOPBACK.test(address) && !UNSPECIFIED.test(address) ? [] : [inode];
  });
}
