// The process: where it listens, and how it ends. What the plugin does is in service.js.
import { ServerCredentials } from "@grpc/grpc-js";
import { createPlugin } from "./service.js";

const port = Number(process.env.PORT ?? 9090);
// Loopback unless told otherwise: whoever reaches this port can spend your API key.
const host = process.env.HOST ?? "127.0.0.1";

const server = createPlugin();
server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
  if (error) {
    console.error(`Cannot listen on ${host}:${port}: ${error.message}`);
    process.exit(1);
  }
  console.log(`gRPC example plugin on grpc://${host}:${bound}`);
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    // Open streams would otherwise keep the process alive until their last word.
    server.forceShutdown();
    process.exit(0);
  });
}

// One bad request must not take the plugin away from everybody else.
process.on("uncaughtException", (error) => console.error("Unexpected error, going on:", error));
process.on("unhandledRejection", (error) => console.error("Unexpected rejection, going on:", error));
