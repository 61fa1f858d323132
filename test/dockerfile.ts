import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";

/** One instruction of a Dockerfile, continued lines joined: `COPY`, its `--flags`, and the rest as it was written. */
interface Instruction {
  word: string;
  flags: Record<string, string>;
  text: string;
}

/** From one `FROM` to the next; `base` is an image or an earlier stage. */
interface Stage {
  name: string;
  base: string;
  instructions: Instruction[];
}

/** What an engine would start: paths are those of this machine, below the folder that stands for `/`. */
export interface ReplayedImage {
  /** Stands for `/`. */
  root: string;
  directory: string;
  env: Record<string, string>;
  user: string;
  volumes: string[];
  stopSignal: string;
  command: string[];
  healthCheck: string[];
}

/** The stages of a Dockerfile. Knows what ours uses, and throws at anything else. */
export function parseDockerfile(text: string): Stage[] {
  const lines = text
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n/g, " ")
    .split("\n");
  const stages: Stage[] = [];
  for (const line of lines.map((each) => each.trim()).filter(Boolean)) {
    const instruction = parseInstruction(line);
    if (instruction.word === "FROM") {
      const [, base = "", name = ""] = /^(\S+) AS (\S+)$/.exec(instruction.text) ?? [];
      stages.push({ name, base, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

function parseInstruction(line: string): Instruction {
  const [, word = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
  if (word === "") throw new Error(`No instruction of a Dockerfile: ${line}`);
  const flags: Record<string, string> = {};
  const text = rest.replace(/^(?:--[a-z-]+=\S+\s+)+/, (all) => {
    for (const [, name = "", value = ""] of all.matchAll(/--([a-z-]+)=(\S+)/g)) flags[name] = value;
    return "";
  });
  return { word, flags, text };
}

export interface ReplayOptions {
  /** The Dockerfile's folder. */
  context: string;
  /** An empty folder; each stage gets one of its own in it. */
  work: string;
  /** Commands that are not run, with what puts their result into the stage's folder instead. */
  insteadOf: Record<string, (directory: string) => void>;
}

/**
 * Does what an engine does for one stage and those it builds upon, in folders that stand for `/`. Paths below `/app`, `/build`, `/data` and
 * `/plugins` are put there, in commands too. Only a real root has users to add: `groupadd` and `useradd` do nothing. Of the base
 * image there is Node alone: this one.
 */
export function replayDockerfile(name: string, options: ReplayOptions): ReplayedImage {
  const stages = parseDockerfile(readFileSync(join(options.context, "Dockerfile"), "utf8"));
  const replayed = new Map<string, ReplayedImage>();
  for (const stage of neededFor(name, stages))
    replayed.set(stage.name, replayStage(stage, replayed, options));
  const image = replayed.get(name);
  if (!image) throw new Error(`The Dockerfile has no stage ${name}.`);
  return image;
}

function neededFor(name: string, stages: Stage[]): Stage[] {
  const wanted = new Set([name]);
  for (const stage of stages.toReversed()) {
    if (!wanted.has(stage.name)) continue;
    wanted.add(stage.base);
    for (const { flags } of stage.instructions) if (flags["from"]) wanted.add(flags["from"]);
  }
  return stages.filter((stage) => wanted.has(stage.name));
}

function replayStage(
  stage: Stage,
  earlier: Map<string, ReplayedImage>,
  options: ReplayOptions,
): ReplayedImage {
  const root = join(options.work, stage.name);
  mkdirSync(root);
  const base = earlier.get(stage.base);
  if (base) execFileSync("cp", ["--archive", "--link", `${base.root}/.`, root]);
  else layBaseImage(root);
  const image: ReplayedImage = base
    ? (JSON.parse(JSON.stringify(base).replaceAll(base.root, root)) as ReplayedImage)
    : {
        root,
        directory: "/",
        env: {},
        user: "0:0",
        volumes: [],
        stopSignal: "",
        command: [],
        healthCheck: [],
      };
  for (const step of stage.instructions) {
    const effect = EFFECTS[step.word];
    if (!effect) throw new Error(`The replay does not know ${step.word}.`);
    effect(step, { image, earlier, options });
  }
  return image;
}

export const isRoot = () => process.getuid?.() === 0;

function layBaseImage(root: string): void {
  const programs = join(root, "usr/local/bin");
  mkdirSync(programs, { recursive: true });
  cpSync(process.execPath, join(programs, "node"));
  for (const name of ["groupadd", "useradd", ...(isRoot() ? [] : ["chown"])]) {
    writeFileSync(join(programs, name), "#!/bin/sh\n", { mode: 0o755 });
  }
}

interface Replay {
  image: ReplayedImage;
  earlier: Map<string, ReplayedImage>;
  options: ReplayOptions;
}

const EFFECTS: Record<string, (step: Instruction, replay: Replay) => void> = {
  ARG: ({ text }, { image }) => {
    const [name = "", value = ""] = text.split("=");
    image.env[name] ??= value;
  },
  CMD: ({ text }, { image }) => void (image.command = JSON.parse(text) as string[]),
  COPY: copy,
  ENV: ({ text }, { image }) => {
    for (const [, name = "", value = ""] of text.matchAll(/([A-Z_]+)=(\S*)/g)) {
      const expanded = value.replace(/\$\{(\w+)\}/g, (_, known: string) => image.env[known] ?? "");
      image.env[name] = below(image.root, expanded);
    }
  },
  EXPOSE: () => undefined,
  HEALTHCHECK: ({ text }, { image }) =>
    void (image.healthCheck = JSON.parse(text.replace(/^CMD /, "")) as string[]),
  RUN: run,
  STOPSIGNAL: ({ text }, { image }) => void (image.stopSignal = text),
  USER: ({ text }, { image }) => void (image.user = text),
  VOLUME: ({ text }, { image }) => void (image.volumes = JSON.parse(text) as string[]),
  WORKDIR: ({ text }, { image }) => {
    image.directory = text;
    mkdirSync(join(image.root, text), { recursive: true });
  },
};

function copy({ flags, text }: Instruction, { image, earlier, options: { context } }: Replay): void {
  const names = text.split(/\s+/);
  const target = names.pop() ?? "";
  const from = flags["from"] === undefined ? undefined : earlier.get(flags["from"]);
  const isWanted = from ? () => true : readIgnored(context);
  for (const name of names) {
    const source = join(from?.root ?? context, name);
    const isIntoFolder = target.endsWith("/") || names.length > 1;
    const place = posix.resolve(image.directory, target, isIntoFolder ? posix.basename(name) : "");
    cpSync(source, join(image.root, place), {
      recursive: true,
      filter: (path) => isWanted(path.slice(context.length + 1)),
    });
  }
}

/** Our `.dockerignore`: `*`, then what is wanted of the top, then names that are left out at any depth. */
function readIgnored(context: string): (path: string) => boolean {
  const lines = readFileSync(join(context, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const wanted = new Set(lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1)));
  const ignored = lines
    .filter((line) => line.startsWith("**/"))
    .map((line) => new RegExp(`^${line.slice(3).replaceAll(".", "\\.").replaceAll("*", ".*")}$`));
  if (lines[0] !== "*" || 1 + wanted.size + ignored.length !== lines.length) {
    throw new Error("The replay understands a .dockerignore of *, !name and **/name only.");
  }
  return (path) => {
    const parts = path.split("/");
    if (path === "") return true;
    return wanted.has(parts[0] ?? "") && !parts.some((part) => ignored.some((pattern) => pattern.test(part)));
  };
}

function run({ text }: Instruction, { image, options }: Replay): void {
  const directory = join(image.root, image.directory);
  const instead = options.insteadOf[text];
  if (instead) return instead(directory);
  execFileSync("sh", ["-c", below(image.root, text)], {
    cwd: directory,
    // Whoever builds says how the registry is reached, in the environment as elsewhere.
    env: {
      ...process.env,
      ...image.env,
      PATH: [join(image.root, "usr/local/bin"), process.env["PATH"]].join(":"),
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function below(root: string, text: string): string {
  return text.replace(/(?<=^|\s)\/(?=(?:app|build|data|plugins)\b)/g, `${root}/`);
}

/** Puts a folder of the repository where a command would have made one like it. */
export function linkInstead(source: string): (directory: string) => void {
  return (directory) => {
    if (!existsSync(source)) throw new Error(`${source} is not there: run npm test, which makes it.`);
    symlinkSync(source, join(directory, posix.basename(source)));
  };
}
