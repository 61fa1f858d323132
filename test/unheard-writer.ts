// Writes to both outputs whenever it is asked to, and ends well when its stdin does.
import { outliveReaders } from "../lib/log.ts";

outliveReaders();
process.stdout.write("up\n");
process.stdin.on("data", () => {
  process.stdout.write("a line\n");
  process.stderr.write("another\n");
});
process.stdin.on("end", () => process.exit(0));
