import { AppError } from "../../contract/error.ts";

/** A value of the configuration that passed the form and cannot be used all the same. Trying again does not help: a person has to act. */
export function badSetting(field: string, message: string, hint: string): AppError {
  return new AppError("config_incomplete", message, { field, hint, issues: [{ path: field, message }] });
}
