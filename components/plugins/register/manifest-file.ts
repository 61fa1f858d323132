/** 64 KB, the most a manifest may have (`reliability.md`, bad input). */
const MAX_BYTES = 65_536;

/** A chosen or dropped file as text, or what is wrong with it. Looks at name and size before reading a byte. */
export async function readManifestFile(file: File): Promise<{ text: string } | { problem: string }> {
  if (!/\.(ya?ml|json)$/i.test(file.name)) {
    return { problem: `${file.name} is not a manifest. Use a file ending in .yaml, .yml or .json.` };
  }
  if (file.size === 0)
    return {
      problem: `${file.name} is empty: it has 0 bytes. Was it saved? Save the manifest in it and choose it again.`,
    };
  if (file.size > MAX_BYTES) {
    return {
      problem: `${file.name} has ${Math.ceil(file.size / 1024)} KB; a manifest has at most ${MAX_BYTES / 1024} KB.`,
    };
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    return text.includes("\0") ? { problem: `${file.name} is not text.` } : { text };
  } catch (error) {
    if (!(error instanceof TypeError))
      return { problem: `${file.name} could not be read. Is it still there?` };
    return { problem: `${file.name} is not UTF-8 text. Save it as UTF-8 and try again.` };
  }
}
