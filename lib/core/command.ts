/**
 * Names a manifest may not put into a process's environment: each would make the approved program run something else, or
 * hand it what belongs to the console. The loader's (LD_*, DYLD_*), the runtimes' (NODE_OPTIONS, PYTHONPATH …), the shell's
 * (BASH_ENV …), the search path, and our own.
 */
const FORBIDDEN: readonly RegExp[] = [
  /^(LD|DYLD|LOOM|GIT|npm_config)_/i,
  /^(PATH|ENV|IFS|SHELLOPTS|BASHOPTS|BASH_ENV|BASH_FUNC_.*|PS4|PROMPT_COMMAND|ZDOTDIR)$/i,
  /^(NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|NODE_REPL_EXTERNAL_MODULE)$/i,
  /^(NODE_COMPILE_CACHE|NODE_ICU_DATA|DENO_DIR|BUN_OPTIONS)$/i,
  /^(PYTHONPATH|PYTHONHOME|PYTHONSTARTUP|PYTHONINSPECT|PYTHONUSERBASE|PYTHONEXECUTABLE|PYTHONBREAKPOINT)$/i,
  /^(PYTHONPYCACHEPREFIX|PYTHONWARNINGS|PYTHONPLATLIBDIR|PYTHON_PRESITE|__PYVENV_LAUNCHER__)$/i,
  /^(PERL5OPT|PERL5LIB|PERLLIB|PERL5DB|RUBYOPT|RUBYLIB|RUBYGEMS_.*|GEM_(HOME|PATH|SPEC_CACHE)|BUNDLE_.*)$/i,
  /^(LUA_(INIT|PATH|CPATH).*|PHPRC|PHP_INI_SCAN_DIR|TCLLIBPATH|GUILE_LOAD_.*|GUILE_EXTENSIONS_PATH)$/i,
  /^(R_(PROFILE|ENVIRON|LIBS|HOME).*|JULIA_(LOAD_PATH|DEPOT_PATH|PROJECT|BINDIR)|ERL_(LIBS|INETRC|.*FLAGS.*))$/i,
  /^(JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|CORECLR_.*|COR_(PROFILER|ENABLE_PROFILING).*)$/i,
  /^DOTNET_(STARTUP_HOOKS|ADDITIONAL_DEPS|SHARED_STORE|ROOT.*)$/i,
  /^(GCONV_PATH|LOCPATH|NLSPATH|HOSTALIASES|RES_OPTIONS|MALLOC_.*|GLIBC_TUNABLES|OPENSSL_CONF|OPENSSL_ENGINES)$/i,
];

/** A name every system takes. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Those of `names` that a manifest's `env` may not set, as written. */
export function forbiddenVariables(names: readonly string[]): string[] {
  return names.filter((name) => !NAME.test(name) || FORBIDDEN.some((pattern) => pattern.test(name)));
}

/** What a plugin's process inherits of the console's environment: enough to find programs and write dates, and no key. */
export const INHERITED_VARIABLES = ["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"] as const;

/** What a plugin's process gets besides: Python would write compiled modules into the folder, and an approval covers the folder. */
export const ADDED_VARIABLES = { PYTHONDONTWRITEBYTECODE: "1" } as const;

/**
 * Names of files that a plugin writes while it runs and that no runtime loads as code by itself: logs, SQLite databases with their
 * journals, pid files, sockets. A short list on purpose: whatever is not on it counts as program.
 */
const RUNTIME_DATA = /\.(?:log(?:\.\d+)?(?:\.gz)?|(?:sqlite3?|db3?)(?:-(?:wal|shm|journal))?|pid|sock)$/i;

export function isRuntimeData(name: string): boolean {
  return RUNTIME_DATA.test(name);
}

/** Between the paths of a list, and before the value of an option: `lib:/x.jar`, `-javaagent:/x.jar=a`, `@options`. */
const SEPARATOR = /[:,;=@]/;
/** An address on a network, up to where a list might go on. */
const ADDRESS = /(?<![a-z0-9+.-])(?!file:)[a-z][a-z0-9+.-]*:\/\/[^/:,;=@]*(?::\d+)?(?:\/[^:,;=@]*)?/gi;
const FILE_ADDRESS = /file:[^,;@]*/gi;
/** An option with its value glued to it: one letter, or whatever stands before the path. */
const GLUED = [/^-[^-](.+)$/s, /^-.*?(\.{0,2}\/.*)$/s];

/**
 * Wherever an argument may hold a path: all of it, its parts between `:`, `,`, `;`, `=` and `@`, what is glued to an option. Addresses
 * on a network are left out, file addresses become paths.
 */
export function pathsIn(argument: string): string[] {
  const words = [argument, ...argument.replace(ADDRESS, ":").split(SEPARATOR)];
  const glued = words.flatMap((word) => GLUED.map((pattern) => pattern.exec(word)?.[1] ?? ""));
  const files = (argument.match(FILE_ADDRESS) ?? []).map(toPath);
  return [...new Set([...words, ...glued, ...files])].filter((path) => path !== "");
}

function toPath(text: string): string {
  if (!URL.canParse(text)) return text;
  const { pathname } = new URL(text);
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
