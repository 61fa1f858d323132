/** Copies text; answers whether it worked. Browsers give no clipboard to plain-http pages beyond localhost: there the old way is tried. */
export async function copyText(value: string): Promise<boolean> {
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(value);
      return true;
    } catch {
      return copyBySelection(value);
    }
  }
  return copyBySelection(value);
}

function copyBySelection(value: string): boolean {
  const area = document.createElement("textarea");
  area.value = value;
  area.readOnly = true;
  area.className = "fixed top-0 left-0 opacity-0";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
