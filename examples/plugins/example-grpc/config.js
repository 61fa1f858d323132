import { Fault } from "./fault.js";

const TYPES = {
  string: { is: (value) => typeof value === "string", called: "text" },
  int: { is: (value) => Number.isInteger(value), called: "a whole number" },
  float: { is: (value) => Number.isFinite(value), called: "a number" },
  bool: { is: (value) => typeof value === "boolean", called: "true or false" },
};

const isAbsent = (value) => value === undefined || value === null || value === "";

/** Says what is wrong with one value, or nothing. Never repeats the value: it may be a secret. */
function problemWith({ type, validation: rule = {} }, value) {
  if (!TYPES[type].is(value)) return `must be ${TYPES[type].called}`;
  if (value < rule.min) return `must be at least ${rule.min}`;
  if (value > rule.max) return `must be at most ${rule.max}`;
  if (value.length < rule.min_length) return `must have at least ${rule.min_length} characters`;
  if (value.length > rule.max_length) return `must have at most ${rule.max_length} characters`;
  if (rule.pattern && !new RegExp(rule.pattern, "u").test(value)) return `must match ${rule.pattern}`;
  if (rule.enum && !rule.enum.includes(value)) return `must be one of ${rule.enum.join(", ")}`;
}

/**
 * Checks what `Initialize` received against the schema in plugin.yaml and fills in the defaults.
 * Throws one Fault that names every problem.
 */
export function readConfig(schema, given) {
  const config = {};
  const problems = [];
  for (const field of schema) {
    const value = isAbsent(given[field.name]) ? field.default : given[field.name];
    config[field.name] = value;
    const problem = value === undefined ? field.required && "is required" : problemWith(field, value);
    if (problem) problems.push(`${field.name} ${problem}`);
  }
  // The one rule that the schema cannot express.
  if (config.offline === false && config.api_key === undefined) {
    problems.push("api_key is required unless offline is on");
  }
  if (problems.length > 0) throw new Fault("invalid_request", `${problems.join("; ")}.`);
  return config;
}
