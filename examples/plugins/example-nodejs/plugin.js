// The process: where it listens, and how it ends. What the plugin does is in app.js.
import { createApp } from "./app.js";

const port = Number(process.env.PORT ?? 8090);
// Loopback unless told otherwise: whoever reaches this port can spend your API key.
const host = process.env.HOST ?? "127.0.0.1";

const server = createApp().listen(port, host, (error) => {
  if (error) {
    console.error(`Cannot listen on ${host}:${port}: ${error.message}`);
    process.exit(1);
  }
  console.log(`Node.js example plugin on http://${host}:${server.address().port}`);
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    // Open streams would otherwise keep the process alive until their last word.
    server.closeAllConnections();
  });
}

// One bad request must not take the plugin away from everybody else.
process.on("uncaughtException", (error) => console.error("Unexpected error, going on:", error));
process.on("unhandledRejection", (error) => console.error("Unexpected rejection, going on:", error));
