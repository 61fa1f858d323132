import { AppError } from "../contract/error.ts";

/** Where the console runs, as far as it explains why a plugin cannot be reached. */
export interface Surroundings {
  /** The variable that names a proxy for outgoing requests, which the console does not use; null when none is set. */
  proxyVariable: string | null;
  /** True inside a container, where localhost is the container itself. */
  isContainer: boolean;
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::|$)/;

/** `error` with what the surroundings have to do with it; `label` is the host:port that was to be reached. */
export function explainSurroundings(error: AppError, label: string, surroundings: Surroundings): AppError {
  const addition = findAddition(error, label, surroundings);
  if (addition === null) return error;
  const hint = [error.extras.hint, addition].filter(Boolean).join(" ");
  return new AppError(error.code, error.message, { ...error.extras, hint, cause: error.cause });
}

function findAddition(
  { code }: AppError,
  label: string,
  { proxyVariable, isContainer }: Surroundings,
): string | null {
  const isLoopback = LOOPBACK.test(label);
  if (code === "plugin_unreachable" && isLoopback && isContainer) {
    return "The console runs in a container, where localhost is that container: write the name of the plugin's service, or host.docker.internal for a program on the machine itself.";
  }
  const mayNeedProxy =
    code === "plugin_dns_error" || code === "plugin_unreachable" || code === "plugin_timeout";
  if (mayNeedProxy && !isLoopback && proxyVariable !== null) {
    return `${proxyVariable} is set, and the console does not use proxies: it reaches plugins and services directly.`;
  }
  return null;
}
