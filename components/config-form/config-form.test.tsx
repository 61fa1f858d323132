import { useQuery } from "@tanstack/react-query";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { api } from "@/lib/client/browser.ts";
import { queries } from "@/lib/client/queries.ts";
import { ConfigRevisionList, VersionConflict } from "@/lib/contract/config-revision.ts";
import {
  EffectiveConfig,
  NO_SECRET,
  PluginConfig,
  PluginConfigSaved,
  PluginConfigWrite,
} from "@/lib/contract/config.ts";
import { ConfigField } from "@/lib/contract/manifest.ts";
import { answer, refusal, renderPage, stubApi, type Answer } from "@/test/render.tsx";
import { EVERY_KIND } from "@/test/schema-plugin.ts";
import { ConfigForm } from "./config-form.tsx";

const CANARY = "canary-of-the-form-5521";
const AT = "2026-11-22T00:00:00.000Z";
const STORED = { ...NO_SECRET, configured: true, changedAt: AT, changedBy: "Ada", kind: "sealed" } as const;
const FILLED = { account: "acme", terms_accepted: true };

function aConfig(change: Partial<PluginConfig> = {}): PluginConfig {
  return PluginConfig.parse({
    schema: z.array(ConfigField).parse(EVERY_KIND),
    values: FILLED,
    secrets: { api_key: STORED, org_token: NO_SECRET },
    origin: "http://127.0.0.1:8090",
    addressField: null,
    version: 3,
    ...change,
  });
}

/** What the form may hear of the page around. */
const around = { onEnable: vi.fn(), onReason: vi.fn(), onEdit: vi.fn(), onCheck: vi.fn() };

interface Setting {
  config?: PluginConfig;
  search?: string;
  /** What the plugin makes of a save: null while it is off. */
  applied?: boolean | null;
  warnings?: PluginConfigSaved["warnings"];
  goesOn?: boolean;
  mayWrite?: boolean;
  routes?: Record<string, Answer>;
}

/** The form over a console that keeps one configuration: it checks the version of a write and remembers what it was sent. */
function open({ config = aConfig(), search = "", applied = null, ...setting }: Setting = {}) {
  const { warnings = [], goesOn = false, mayWrite = true, routes = {} } = setting;
  const saved = { config, applied, conflict: null as VersionConflict | null };
  const writes: PluginConfigWrite[] = [];
  const refused: PluginConfigWrite[] = [];
  stubApi({
    "GET /api/plugins/parrot/config": () => answer(PluginConfig, saved.config),
    "PUT /api/plugins/parrot/config": (body) => {
      const write = PluginConfigWrite.parse(body);
      if (write.version !== saved.config.version) {
        refused.push(write);
        return refusal({
          ...{ code: "version_conflict", message: "Somebody else saved." },
          details: VersionConflict.parse(saved.conflict),
        });
      }
      writes.push(write);
      saved.config = { ...saved.config, values: write.values, version: write.version + 1 };
      return answer(PluginConfigSaved, { config: saved.config, applied: saved.applied, warnings });
    },
    ...routes,
  });
  function Page() {
    const { data } = useQuery(queries(api).config("parrot"));
    if (!data) return null;
    const onEnable = saved.applied === null ? around.onEnable : undefined;
    return (
      <ConfigForm {...{ ...around, onEnable, mayWrite, goesOn }} {...{ pluginId: "parrot", config: data }} />
    );
  }
  return { ...renderPage(<Page />, { search }), saved, writes, refused };
}

const text = (name: string) => screen.findByRole<HTMLInputElement | HTMLTextAreaElement>("textbox", { name });
const press = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>("button", { name });
/** The input of a secret, which has no role while it is hidden. */
const secret = (name: string) =>
  screen.getByLabelText<HTMLInputElement | HTMLTextAreaElement>(new RegExp(`^${name}( \\*)?$`));
const unsaved = () => screen.queryByText(/unsaved change/)?.textContent ?? null;
const isGone = (what: string | RegExp) => waitFor(() => expect(screen.queryByText(what)).toBeNull());
/** The part of the form that belongs to a field: its label, chips, control, error and hint. */
function fieldOf(name: string): HTMLElement {
  const label = screen.getByText(name, { selector: "label code" });
  const field = label.closest("label")?.parentElement?.parentElement;
  if (!field) throw new Error(`There is no field ${name}`);
  return field;
}

describe("every kind of field", () => {
  it("has the control that fits it, and shows the default without storing it", async () => {
    open({ config: aConfig({ values: {} }) });
    expect((await text("account")).placeholder).toBe("");
    expect((await text("base_url")).placeholder).toBe("https://parrot.example/v1");
    expect((await text("base_url")).inputMode).toBe("url");
    expect((await text("listen_port")).inputMode).toBe("numeric");
    expect((await text("timeout_seconds")).inputMode).toBe("numeric");
    expect((await text("timeout_seconds")).placeholder).toBe("30");
    expect((await text("temperature")).inputMode).toBe("decimal");
    expect((await text("system_prompt")).tagName).toBe("TEXTAREA");
    expect((await text("tags")).tagName).toBe("TEXTAREA");
    const radios = (name: string) =>
      within(fieldOf(name))
        .getAllByRole<HTMLInputElement>("radio")
        .map(({ checked }) => checked);
    expect(radios("region")).toEqual([true, false, false]);
    expect(radios("terms_accepted")).toEqual([false, false]);
    const tier = screen.getByRole<HTMLSelectElement>("combobox", { name: "tier" });
    expect([...tier.options].map(({ text }) => text)).toEqual([
      ...["Not set", "free", "team", "pro", "scale", "enterprise"],
    ]);
    expect((await screen.findByRole<HTMLInputElement>("combobox", { name: "locale" })).placeholder).toBe(
      "en",
    );
    expect(screen.getByRole("switch", { name: "verbose" }).getAttribute("aria-checked")).toBe("true");
    for (const name of ["base_url", "timeout_seconds", "region", "locale", "verbose"])
      expect(within(fieldOf(name)).getByText("Default"), name).toBeTruthy();
    for (const name of ["account", "tier", "tags", "system_prompt"])
      expect(within(fieldOf(name)).queryByText("Default"), name).toBeNull();
    expect(document.querySelectorAll("input[type=number]").length).toBe(0);
    expect(unsaved()).toBeNull();
  });

  it("is filled in and sent as its own type", async () => {
    const { user, writes } = open({ config: aConfig({ values: {} }) });
    await user.type(await text("account"), "acme");
    await user.type(await text("timeout_seconds"), "60");
    await user.type(await text("temperature"), "0.25");
    await user.type(await text("system_prompt"), "Be brief.{Enter}Be kind.");
    await user.click(await text("tags"));
    await user.paste('["a", 1]');
    await user.click(screen.getByRole("radio", { name: "us" }));
    await user.selectOptions(screen.getByRole("combobox", { name: "tier" }), "pro");
    await user.type(await screen.findByRole("combobox", { name: "locale" }), "fr");
    await user.click(await screen.findByRole("option", { name: "fr" }));
    await user.click(screen.getByRole("switch", { name: "verbose" }));
    await user.click(screen.getByRole("radio", { name: "terms_accepted On" }));
    await waitFor(() => expect(unsaved()).toBe("10 unsaved changes"));
    await user.click(press("Save"));
    await screen.findByText(/^Saved\./);
    expect(writes).toEqual([
      {
        version: 3,
        values: {
          ...{
            account: "acme",
            timeout_seconds: 60,
            temperature: 0.25,
            system_prompt: "Be brief.\nBe kind.",
          },
          ...{
            region: "us",
            tier: "pro",
            locale: "fr",
            verbose: false,
            terms_accepted: true,
            tags: ["a", 1],
          },
        },
        secrets: {},
      },
    ]);
  });

  it("goes back to its default by its own button, and is then not stored at all", async () => {
    const { user, writes } = open({ config: aConfig({ values: { ...FILLED, timeout_seconds: 45 } }) });
    expect((await text("timeout_seconds")).value).toBe("45");
    expect(within(fieldOf("timeout_seconds")).queryByText("Default")).toBeNull();
    const reset = press("Use default of timeout_seconds");
    expect(reset.title).toBe("Default: 30");
    await user.click(reset);
    expect((await text("timeout_seconds")).value).toBe("");
    expect(within(fieldOf("timeout_seconds")).getByText("Default")).toBeTruthy();
    expect(within(fieldOf("timeout_seconds")).getByText("Edited")).toBeTruthy();
    await user.click(press("Save"));
    await screen.findByText(/^Saved\./);
    expect(writes[0]?.values).toEqual(FILLED);
    expect(within(fieldOf("timeout_seconds")).queryByText("Edited")).toBeNull();
  });

  it("is no change once it is typed back to what is stored", async () => {
    const { user } = open();
    await user.type(await text("account"), "2");
    await waitFor(() => expect(unsaved()).toBe("1 unsaved change"));
    await user.type(await text("account"), "{Backspace}");
    await waitFor(() => expect(unsaved()).toBeNull());
    expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  });

  it("that the schema no longer has is listed, and kept until somebody removes it", async () => {
    const older = { ...FILLED, older: { kept: [1.5] } };
    const { user, writes } = open({ config: aConfig({ values: older }) });
    const orphans = await screen.findByRole("region", { name: "Values without a field" });
    expect(orphans.textContent).toContain('{"kept":[1.5]}');
    await user.type(await text("account"), "2");
    await user.click(press("Save"));
    await screen.findByText(/^Saved\./);
    expect(writes[0]?.values).toEqual({ ...older, account: "acme2" });
    await user.click(press("Remove older"));
    expect(unsaved()).toBe("1 unsaved change");
    await user.click(press("Keep older"));
    expect(unsaved()).toBeNull();
    await user.click(press("Remove older"));
    await user.click(press("Save"));
    await waitFor(() => expect(writes[1]?.values).toEqual({ ...FILLED, account: "acme2" }));
  });
});

describe("what is wrong", () => {
  it("is said with the rule when a field is left, and then at every key", async () => {
    const { user } = open();
    const port = await text("timeout_seconds");
    await user.type(port, "301");
    expect(screen.queryByText("At most 300; this is 301")).toBeNull();
    await user.tab();
    expect(await screen.findByText("At most 300; this is 301")).toBeTruthy();
    expect(port.getAttribute("aria-invalid")).toBe("true");
    expect(
      document.getElementById(port.getAttribute("aria-describedby")?.split(" ")[0] ?? "")?.textContent,
    ).toBe("At most 300; this is 301");
    await user.type(port, "{Backspace}");
    await isGone("At most 300; this is 301");
    expect(port.hasAttribute("aria-invalid")).toBe(false);
  });

  it("keeps everything from being sent, and the first wrong field gets the focus", async () => {
    const { user, writes } = open();
    const address = await text("base_url");
    await user.type(address, "not an address");
    await user.type(await text("timeout_seconds"), "1.5");
    await user.click(press("Save"));
    await waitFor(() => expect(document.activeElement).toBe(address));
    expect(address.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getAllByText(/whole number/i).length).toBeGreaterThan(0);
    expect(press("Not saved: 2 errors")).toBeTruthy();
    expect(writes).toEqual([]);
    await user.click(press("Discard"));
    expect((await text("timeout_seconds")).value).toBe("");
    expect((await text("base_url")).value).toBe("");
    expect(unsaved()).toBeNull();
  });

  it("is led to from the bar, in the order of the schema, as it is mended one after the other", async () => {
    const { user } = open({ config: aConfig({ values: {}, secrets: {} }) });
    await user.type(await text("account"), "me");
    await user.click(await text("tags"));
    await user.paste('["a",');
    await user.click(press("Save"));
    await waitFor(() => expect(document.activeElement).toBe(secret("api_key")));
    expect(screen.getByText("At least 3 characters; this has 2")).toBeTruthy();
    expect(screen.getByText(/not JSON yet/)).toBeTruthy();
    await user.type(secret("api_key"), CANARY);
    await user.type(await text("account"), "3");
    await isGone("At least 3 characters; this has 2");
    await user.click(screen.getByRole("radio", { name: "terms_accepted On" }));
    await user.click(await screen.findByRole("button", { name: "Not saved: 1 error" }));
    expect(document.activeElement).toBe(await text("tags"));
  });

  it("in the eyes of the server only lands on its field, and the draft stays", async () => {
    const { user } = open({
      routes: {
        "PUT /api/plugins/parrot/config": () =>
          refusal({
            ...{ code: "validation_failed", message: "It does not fit.", field: "values.account" },
            issues: [{ path: "values.account", message: "This account is closed" }],
          }),
      },
    });
    await user.type(await text("account"), "-two");
    await user.click(press("Save"));
    await waitFor(() => expect(within(fieldOf("account")).getByText("This account is closed")).toBeTruthy());
    await waitFor(async () => expect(document.activeElement).toBe(await text("account")));
    expect((await text("account")).value).toBe("acme-two");
    expect(screen.getByText("Not saved")).toBeTruthy();
    expect(unsaved()).toBe("1 unsaved change");
  });
});

describe("a secret", () => {
  it("is never shown: it says since when and by whom it is set, and is kept when it is not touched", async () => {
    const { user, writes } = open();
    const field = await waitFor(() => fieldOf("api_key"));
    expect(field.textContent).toMatch(/Configured· changed .+ by Ada/);
    expect(field.querySelector("input")).toBeNull();
    expect(within(field).queryByRole("button", { name: "Clear api_key" })).toBeNull();
    await user.type(await text("account"), "2");
    await user.click(press("Save"));
    await screen.findByText(/^Saved\./);
    expect(writes[0]?.secrets).toEqual({});
  });

  it("is replaced by what is typed, and the old one is back with Undo until then", async () => {
    const { user, writes } = open();
    await user.click(await screen.findByRole("button", { name: "Replace api_key" }));
    expect(document.activeElement).toBe(secret("api_key"));
    expect(secret("api_key").value).toBe("");
    expect((secret("api_key") as HTMLInputElement).type).toBe("password");
    expect(secret("api_key").autocomplete).toBe("new-password");
    expect(unsaved()).toBeNull();
    await user.type(secret("api_key"), "other-key");
    await waitFor(() => expect(unsaved()).toBe("1 unsaved change"));
    await user.click(press("Undo: keep the stored api_key"));
    expect(unsaved()).toBeNull();
    await user.click(press("Replace api_key"));
    await user.type(secret("api_key"), CANARY);
    await user.click(press("Save"));
    await screen.findByText(/^Saved\./);
    expect(writes).toEqual([{ version: 3, values: FILLED, secrets: { api_key: { set: CANARY } } }]);
    expect(press("Replace api_key")).toBeTruthy();
    expect(document.body.outerHTML).not.toContain(CANARY);
  });

  it("that is optional can be cleared, which can be taken back until it is saved", async () => {
    const { user, writes } = open({ config: aConfig({ secrets: { api_key: STORED, org_token: STORED } }) });
    await user.click(await screen.findByRole("button", { name: "Clear org_token" }));
    expect(fieldOf("org_token").textContent).toContain("Will be cleared when you save.");
    await user.click(press("Undo: keep the stored org_token"));
    expect(unsaved()).toBeNull();
    await user.click(press("Clear org_token"));
    await user.click(press("Save"));
    await screen.findByText(/^Saved\./);
    expect(writes[0]?.secrets).toEqual({ org_token: { clear: true } });
  });

  it("warns of a space at its end, shows itself on demand, and keeps the lines of a pasted key", async () => {
    const { user, writes } = open();
    await user.type(await screen.findByLabelText("org_token"), `${CANARY} `);
    expect(screen.getByText(/begins or ends with a space/)).toBeTruthy();
    await user.type(secret("org_token"), "{Backspace}");
    expect(screen.queryByText(/begins or ends with a space/)).toBeNull();
    await user.click(within(fieldOf("org_token")).getByRole("button", { name: "Show what I typed" }));
    expect((secret("org_token") as HTMLInputElement).type).toBe("text");
    await user.clear(secret("org_token"));
    await user.click(secret("org_token"));
    await user.paste("-----BEGIN KEY-----\nabc\n-----END KEY-----");
    await user.click(press("Save"));
    await screen.findByText(/^Saved\./);
    expect(writes[0]?.secrets).toEqual({ org_token: { set: "-----BEGIN KEY-----\nabc\n-----END KEY-----" } });
  });

  it("may be a reference: spelled like one, shown as what it is, and said whether it resolves", async () => {
    const referred = { ...STORED, kind: "reference", reference: "env:LOOM_SECRET_A" } as const;
    const broken = { ...referred, reference: "file:/gone", problem: "There is no such file." };
    const { user, writes } = open({ config: aConfig({ secrets: { api_key: referred, org_token: broken } }) });
    expect((await waitFor(() => fieldOf("api_key"))).textContent).toContain(
      "Refers to env:LOOM_SECRET_A · resolves",
    );
    expect(fieldOf("org_token").textContent).toContain("There is no such file.");
    expect(fieldOf("org_token").textContent).not.toContain("· resolves");
    await user.click(press("Change api_key"));
    expect(secret("api_key").value).toBe("env:LOOM_SECRET_A");
    await user.clear(secret("api_key"));
    await user.type(secret("api_key"), "PARROT");
    await user.click(press("Save"));
    expect(await screen.findByText(/^Write "env:NAME"/)).toBeTruthy();
    await user.clear(secret("api_key"));
    await user.type(secret("api_key"), "env:LOOM_SECRET_B");
    await user.click(press("Save"));
    await screen.findByText(/^Saved\./);
    expect(writes.map(({ secrets }) => secrets)).toEqual([{ api_key: { reference: "env:LOOM_SECRET_B" } }]);
  });

  it("stays out of the tab's storage, and says after a reload that it has to be typed again", async () => {
    const { user, again } = open();
    await user.type(await text("account"), "2");
    await user.type(secret("org_token"), CANARY);
    const stored = () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]);
    await waitFor(() => expect(stored()).toContain("acme2"));
    await waitFor(() => expect(stored()).toContain("org_token"));
    expect(stored()).not.toContain(CANARY);
    again();
    expect((await text("account")).value).toBe("acme2");
    expect(screen.getByText(/typed a new value before the page was reloaded/)).toBeTruthy();
    expect(secret("org_token").value).toBe("");
    expect(unsaved()).toBe("1 unsaved change");
  });

  it("that belongs to another address is left behind: it says so, and nothing is sent until it is entered again", async () => {
    const origin = "https://api.one.example";
    const { user, writes } = open({
      config: aConfig({
        ...{ origin, addressField: { name: "base_url", fallback: null } },
        values: { ...FILLED, base_url: `${origin}/v1` },
        secrets: { api_key: { ...STORED, origin }, org_token: NO_SECRET },
      }),
    });
    const address = await text("base_url");
    await user.clear(address);
    await user.type(address, `${origin}/v2`);
    expect(screen.queryByText(/belongs to/)).toBeNull();
    await user.clear(address);
    await user.type(address, "https://api.two.example");
    const notice = await screen.findByText(/belongs to/, { selector: "[role=status] p" });
    expect(notice.textContent).toBe(`api_key belongs to ${origin}.`);
    expect(notice.parentElement?.textContent).toContain("not sent to https://api.two.example");
    await user.click(press("Save"));
    expect(
      await screen.findByText(
        `It belongs to ${origin}: enter it again for https://api.two.example, or clear it`,
      ),
    ).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(press("Replace api_key")));
    expect(writes).toEqual([]);
    await user.click(press("Replace api_key"));
    await user.type(secret("api_key"), CANARY);
    await isGone(/belongs to/);
    await user.click(press("Save"));
    await screen.findByText(/^Saved\./);
    expect(writes[0]?.secrets).toEqual({ api_key: { set: CANARY } });
  });
});

describe("saving", () => {
  it("is reviewed first: before, after, defaults and secrets by word, with a reason", async () => {
    const { user, writes } = open();
    await user.type(await text("timeout_seconds"), "60");
    await user.type(secret("org_token"), CANARY);
    await user.click(press("Review"));
    const review = await screen.findByRole("dialog", { name: "Review 2 changes" });
    expect(review.textContent).toContain("before: default 30");
    expect(review.textContent).toContain("after: 60");
    expect(review.textContent).toContain("Secret will be set");
    expect(review.textContent).not.toContain(CANARY);
    await user.type(within(review).getByLabelText("Why? (optional)"), "First setup");
    await user.click(within(review).getByRole("button", { name: "Save" }));
    await screen.findByText(/^Saved\./);
    expect(writes).toEqual([
      {
        version: 3,
        values: { ...FILLED, timeout_seconds: 60 },
        secrets: { org_token: { set: CANARY } },
        note: "First setup",
      },
    ]);
  });

  it("works from the keyboard, from anywhere on the page", async () => {
    const { user, writes } = open();
    await user.type(await text("account"), "2");
    await user.keyboard("{Control>}s{/Control}");
    await screen.findByText(/^Saved\./);
    expect(writes).toHaveLength(1);
    await user.keyboard("{Control>}s{/Control}");
    expect(writes).toHaveLength(1);
  });

  it("of a plugin that is off offers to enable it, until something else is edited", async () => {
    const { user } = open();
    await user.type(await text("tags"), "1");
    await user.click(press("Save"));
    expect(
      await screen.findByText("Saved. The plugin is switched off and gets it when you enable it."),
    ).toBeTruthy();
    await user.click(press("Enable now"));
    expect(around.onEnable).toHaveBeenCalledOnce();
    await user.type(await text("tags"), "2");
    await waitFor(() => expect(screen.queryByRole("button", { name: "Enable now" })).toBeNull());
    expect(screen.queryByText(/^Saved/)).toBeNull();
    expect(around.onEdit).toHaveBeenCalled();
  });

  it("says that the running plugin accepted it, once, and drops that at the next edit", async () => {
    const { user } = open({ applied: true });
    await user.type(await text("tags"), "1");
    await user.click(press("Save"));
    expect(await screen.findByText("Saved. The running plugin accepted it.")).toBeTruthy();
    expect(
      screen.getAllByRole("status").filter(({ textContent }) => textContent.includes("Saved.")),
    ).toHaveLength(1);
    expect(screen.queryByRole("button", { name: "Enable now" })).toBeNull();
    await user.type(await text("tags"), "2");
    await isGone("Saved. The running plugin accepted it.");
  });

  it.each([
    [true, "Saved, but the plugin refused it: it goes on with the last good one."],
    [false, "Saved, but the plugin did not get through all steps with it."],
  ])("says that the plugin refused it and leads to why (goes on: %s)", async (goesOn, words) => {
    const { user, saved } = open({ applied: false, goesOn });
    await user.type(await text("tags"), "1");
    await user.click(press("Save"));
    expect(await screen.findByText(words)).toBeTruthy();
    await user.click(press("See why"));
    expect(around.onReason).toHaveBeenCalledOnce();
    saved.applied = true;
    await user.type(await text("tags"), "2");
    await isGone(words);
  });

  it("says what is doubtful about what was saved", async () => {
    const warnings = [{ path: "secrets.api_key", message: "It ends with a space." }];
    const { user } = open({ applied: true, warnings });
    await user.type(await text("tags"), "1");
    await user.click(press("Save"));
    expect(await screen.findByRole("button", { name: "1 warning" })).toBeTruthy();
    expect(screen.getByText(/It ends with a space\./).textContent).toBe("api_key It ends with a space.");
  });

  it("is not offered to who may only look", async () => {
    open({ mayWrite: false });
    expect((await screen.findByRole<HTMLFieldSetElement>("group", { name: "Fields" })).disabled).toBe(true);
    expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  });
});

describe("somebody else's save", () => {
  it("is followed while nothing is edited here", async () => {
    const { saved, client } = open();
    await text("account");
    saved.config = aConfig({ values: { ...FILLED, account: "theirs" }, version: 4 });
    await client.invalidateQueries();
    await waitFor(async () => expect((await text("account")).value).toBe("theirs"));
    expect(unsaved()).toBeNull();
  });

  it("meets the edits: who, what, and a choice per field; nothing is lost", async () => {
    const { user, saved, writes, refused } = open();
    await user.clear(await text("account"));
    await user.type(await text("account"), "mine");
    await user.type(await text("temperature"), "1");
    await user.click(press("Replace api_key"));
    await user.type(secret("api_key"), CANARY);
    saved.config = aConfig({ values: { ...FILLED, account: "theirs", listen_port: 9001 }, version: 4 });
    saved.conflict = {
      ...{ version: 4, savedBy: "Bob", savedAt: AT, moved: null },
      changes: [
        { field: "account", before: "acme", after: "theirs" },
        { field: "listen_port", after: 9001 },
      ],
    };
    await user.click(press("Save"));
    const conflict = await screen.findByRole("region", { name: "Changed by somebody else" });
    expect(conflict.textContent).toContain("Not saved yet: changed by Bob");
    expect(conflict.textContent).toContain("You both changed one field");
    expect(conflict.textContent).toContain("listen_port");
    expect(refused).toHaveLength(1);
    expect((await text("listen_port")).value).toBe("9001");
    expect((await text("account")).value).toBe("mine");
    await user.click(within(conflict).getByRole("radio", { name: "Take theirs" }));
    expect((await text("account")).value).toBe("theirs");
    await user.click(within(conflict).getByRole("radio", { name: "Keep mine: mine" }));
    expect((await text("account")).value).toBe("mine");
    expect(secret("api_key").value).toBe(CANARY);
    await user.click(press("Save"));
    await screen.findByText(/^Saved\./);
    expect(writes).toEqual([
      {
        version: 4,
        values: { account: "mine", listen_port: 9001, temperature: 1, terms_accepted: true },
        secrets: { api_key: { set: CANARY } },
      },
    ]);
  });

  it("does not swallow a draft that survived a reload", async () => {
    const { user, saved, again } = open();
    await user.type(await text("timeout_seconds"), "77");
    again();
    expect((await text("timeout_seconds")).value).toBe("77");
    saved.config = aConfig({ values: { ...FILLED, tier: "pro" }, version: 4 });
    saved.conflict = {
      ...{ version: 4, savedBy: "Bob", savedAt: AT, moved: null },
      changes: [{ field: "tier", after: "pro" }],
    };
    await user.click(press("Save"));
    expect(await screen.findByText(/changed by Bob/)).toBeTruthy();
    expect((await text("timeout_seconds")).value).toBe("77");
  });

  it("that moved the plugin takes a typed key out of the form and says why", async () => {
    const [here, there] = ["http://127.0.0.1:8090", "http://127.0.0.1:8091"];
    const { user, saved, writes } = open();
    await user.type(await text("account"), "2");
    await user.type(secret("org_token"), CANARY);
    saved.config = aConfig({ origin: there, version: 4 });
    saved.conflict = {
      ...{ version: 4, savedBy: "Bob", savedAt: AT, changes: [] },
      moved: { from: here, to: there },
    };
    await user.click(press("Save"));
    const conflict = await screen.findByRole("region", { name: "Changed by somebody else" });
    expect(conflict.textContent).toContain(`The plugin moved from ${here} to ${there}.`);
    expect(conflict.textContent).toContain("What you had typed for org_token was meant for another address");
    expect(secret("org_token").value).toBe("");
    expect((await text("account")).value).toBe("acme2");
    await user.click(press("Save"));
    await screen.findByText(/^Saved\./);
    expect(JSON.stringify(writes)).not.toContain(CANARY);
  });
});

describe("the views of a configuration", () => {
  it("are tabs that arrow keys move between, and live in the address", async () => {
    const { user, url } = open({
      routes: {
        "GET /api/plugins/parrot/config/revisions": () => answer(ConfigRevisionList, { revisions: [] }),
      },
    });
    await user.click(await screen.findByRole("tab", { name: "History" }));
    expect(await screen.findByText("Nothing saved yet")).toBeTruthy();
    await waitFor(() => expect(url()).toBe("?view=history"));
    expect(screen.getByRole("tabpanel", { name: "History" })).toBeTruthy();
    await user.keyboard("{ArrowRight}");
    await waitFor(() =>
      expect(screen.getByRole("tab", { name: "Form" }).getAttribute("aria-selected")).toBe("true"),
    );
    expect(document.activeElement).toBe(screen.getByRole("tab", { name: "Form" }));
  });

  it("keep the edits of the form between them", async () => {
    const { user } = open({
      routes: {
        "GET /api/plugins/parrot/config/revisions": () => answer(ConfigRevisionList, { revisions: [] }),
      },
    });
    await user.type(await text("timeout_seconds"), "45");
    await user.click(screen.getByRole("tab", { name: "History" }));
    await screen.findByText("Nothing saved yet");
    expect(unsaved()).toBe("1 unsaved change");
    await user.click(screen.getByRole("tab", { name: "Form" }));
    expect((await text("timeout_seconds")).value).toBe("45");
  });

  it("show what the plugin gets in the end, and where each value is from", async () => {
    open({
      search: "?view=effective",
      routes: {
        "GET /api/plugins/parrot/config/effective": () =>
          answer(EffectiveConfig, {
            version: 3,
            values: [
              { name: "api_key", source: "secret", value: "(configured)" },
              { name: "listen_port", source: "default", value: 9000 },
              { name: "timeout_seconds", source: "explicit", value: 60 },
            ],
            issues: [],
          }),
      },
    });
    expect(await screen.findByRole("row", { name: /api_key \(configured\) Secret/ })).toBeTruthy();
    expect(screen.getByRole("row", { name: /listen_port 9000 Default/ })).toBeTruthy();
    expect(screen.getByRole("row", { name: /timeout_seconds 60 Explicit/ })).toBeTruthy();
  });

  it("show the draft as YAML and JSON, secrets only as a remark", async () => {
    const { user } = open();
    await user.type(await text("timeout_seconds"), "45");
    await user.click(screen.getByRole("tab", { name: "YAML" }));
    const content = () => document.querySelector(".cm-content")?.textContent ?? "";
    await waitFor(() => expect(content()).toContain("timeout_seconds: 45"));
    expect(content()).toContain("# api_key: a secret, configured");
    await user.click(screen.getByRole("tab", { name: "JSON" }));
    await waitFor(() => expect(content()).toContain('"timeout_seconds": 45'));
  });
});
