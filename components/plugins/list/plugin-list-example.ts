/** Starts the example plugin of this repository on http://127.0.0.1:8090. */
export const EXAMPLE_COMMAND =
  "npm --prefix examples/plugins/example-nodejs ci && npm --prefix examples/plugins/example-nodejs start";
