/** The streaming plugin of the tests as a process of its own: prints its address when it listens. */
import { startStreamingStub } from "../test/streaming-stub.ts";

const { endpoint } = await startStreamingStub();
process.stdout.write(`${endpoint}\n`);
