import { AppError } from "../contract/error.ts";
import type { SecretState, SecretWrite } from "../contract/config.ts";
import type { TransactionClient } from "./client.ts";
import type { OpenedSecrets } from "./data.ts";
import type { Secret } from "./generated/client.ts";
import { keyIdOf, SecretBoxError, type SecretBox } from "./secret-box.ts";
import type { References, Resolution } from "./secret-reference.ts";

/** Where a ciphertext belongs: bound into it, so that it opens nowhere else. */
export function placeOf(pluginId: string, field: string): string {
  return `Secret:${pluginId}:${field}`;
}

/** Sets, replaces or removes one secret. */
export async function writeSecret(
  transaction: TransactionClient,
  box: SecretBox,
  row: { pluginId: string; field: string },
  write: SecretWrite,
  circumstances: Pick<Secret, "origin" | "since" | "changedAt" | "changedBy">,
): Promise<void> {
  if ("clear" in write) {
    await transaction.secret.deleteMany({ where: row });
    return;
  }
  const text =
    "set" in write
      ? { sealed: box.seal(write.set, placeOf(row.pluginId, row.field)), reference: null }
      : { sealed: null, reference: write.reference };
  const content = { ...text, ...circumstances };
  await transaction.secret.upsert({
    where: { pluginId_field: row },
    create: { ...row, ...content },
    update: content,
  });
}

/** What may be said about a stored secret while the plugin is at `origin`. */
export async function toSecretState(
  row: Omit<Secret, "since">,
  origin: string | null,
  box: SecretBox,
  references: References,
): Promise<SecretState> {
  return {
    configured: true,
    changedAt: row.changedAt.toISOString(),
    changedBy: row.changedBy,
    kind: row.reference === null ? "sealed" : "reference",
    reference: row.reference,
    origin: row.origin,
    problem:
      strayProblem(row, origin) ?? keyProblem(row.sealed, box) ?? (await referenceProblem(row, references)),
  };
}

/** Clear text of every secret that may be sent to `origin`; why not, for the others. */
export async function openRows(
  rows: Secret[],
  origin: string | null,
  box: SecretBox,
  references: References,
): Promise<OpenedSecrets> {
  const values: Array<[string, string]> = [];
  const problems: Array<[string, string]> = [];
  for (const row of rows) {
    const resolution = await openRow(row, origin, box, references);
    if ("value" in resolution) values.push([row.field, resolution.value]);
    else problems.push([row.field, resolution.problem]);
  }
  // fromEntries defines own properties: a field called __proto__ stays a field.
  return { values: Object.fromEntries(values), problems: Object.fromEntries(problems) };
}

async function openRow(
  row: Secret,
  origin: string | null,
  box: SecretBox,
  references: References,
): Promise<Resolution> {
  const stray = strayProblem(row, origin);
  if (stray !== null) return { problem: stray };
  if (row.reference !== null) return references.resolve(row.reference);
  const lost = keyProblem(row.sealed, box);
  return lost === null ? { value: openSealed(box, row) } : { problem: lost };
}

/** A secret belongs to scheme, host and port: whoever answers elsewhere is not told it. */
function strayProblem(row: Pick<Secret, "field" | "origin">, origin: string | null): string | null {
  if (row.origin === origin) return null;
  return `It was entered for ${row.origin ?? "no address"}, and the plugin is now at ${origin ?? "no address"}: enter it again.`;
}

async function referenceProblem(
  { reference }: Pick<Secret, "reference">,
  references: References,
): Promise<string | null> {
  if (reference === null) return null;
  const resolution = await references.resolve(reference);
  return "problem" in resolution ? resolution.problem : null;
}

/** After a key was lost, or taken away too early. */
function keyProblem(sealed: string | null, box: SecretBox): string | null {
  if (sealed === null || !isCiphertext(sealed) || box.knows(sealed)) return null;
  return `It is sealed under the key ${keyIdOf(sealed)}, which is not at hand: put that key back beside the present one, or enter the secret again.`;
}

function isCiphertext(text: string): boolean {
  return /^v1\.[0-9a-f]{8}\./.test(text);
}

function openSealed(box: SecretBox, row: Secret): string {
  try {
    return box.open(row.sealed ?? "", placeOf(row.pluginId, row.field));
  } catch (cause) {
    if (!(cause instanceof SecretBoxError)) throw cause;
    throw new AppError("storage_unavailable", `The stored secret ${row.field} cannot be opened.`, {
      field: row.field,
      hint: "Its stored form was changed. Enter it again in the plugin's configuration.",
      cause,
    });
  }
}
