// Ends what the console started when the console itself is gone, however it went: the pipe from it then closes.
// A program of its own, without a dependency, because nothing inside a killed process can clean up after it.
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** Process group → marker of the run. */
const groups = new Map();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { add, remove } = JSON.parse(line);
    if (add) groups.set(add.groupId, add.marker);
    if (remove) groups.delete(remove.groupId);
  })
  .on("close", () => {
    for (const [groupId, marker] of groups) {
      kill(-groupId);
      for (let round = 0; round < 20; round++) {
        const left = findMarked(marker);
        if (left.length === 0) break;
        left.forEach(kill);
      }
    }
    process.exit(0);
  });

// Ctrl-C reaches the whole terminal: the console decides when it is over, and then the pipe closes.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

function findMarked(marker) {
  return entries("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => environment(name).includes(marker) && !isZombie(name))
    .map(Number);
}

function entries(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function environment(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function isZombie(pid) {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, ""));
  } catch {
    return true;
  }
}
