import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { NuqsTestingAdapter } from "nuqs/adapters/testing";
import type { ReactNode } from "react";
import { vi } from "vitest";
import type { z } from "zod";
import { createQueryClient } from "../components/shell/query-client.ts";
import { NowProvider } from "../components/ui/now.tsx";
import { ToastProvider } from "../components/ui/toast.tsx";
import { Me } from "../lib/contract/account.ts";
import { ErrorBody, ERROR_STATUS, type ErrorInfo } from "../lib/contract/error.ts";

/** Who may do everything. */
export const ADA: Me = {
  id: "ada",
  name: "Ada",
  email: "ada@example.test",
  role: "admin",
  permissions: ["plugins:read", "plugins:write", "plugins:operate", "config:read", "config:write"],
};

/** What the stubbed API was asked. */
export interface ApiCall {
  route: string;
  body: unknown;
}

/** Answers one route, `GET /api/me`, from the body of the request. */
export type Answer = (body: unknown) => Response | Promise<Response>;

/** An answer of the API. Throws when it is none that the schema allows: what a test makes up cannot drift from the contract. */
export function answer<S extends z.ZodType>(schema: S, body: z.input<S>): Response {
  return new Response(JSON.stringify(schema.parse(body)), {
    headers: { "content-type": "application/json" },
  });
}

/** A refusal of the API, under the status of its code. */
export function refusal(error: ErrorInfo): Response {
  return new Response(JSON.stringify(ErrorBody.parse({ error })), { status: ERROR_STATUS[error.code] });
}

/** Puts answers where the browser's `fetch` is, and returns every call that came. What has no answer fails its caller. */
export function stubApi(routes: Record<string, Answer>): ApiCall[] {
  const calls: ApiCall[] = [];
  const all: Record<string, Answer> = { "GET /api/me": () => answer(Me, ADA), ...routes };
  vi.stubGlobal("fetch", async (path: string, { method = "GET", body }: RequestInit = {}) => {
    const route = `${method} ${path}`;
    const read: unknown = typeof body === "string" ? JSON.parse(body) : undefined;
    calls.push({ route, body: read });
    const reply = all[route];
    if (!reply) throw new Error(`No answer is stubbed for ${route}`);
    return reply(read);
  });
  return calls;
}

/**
 * Draws what stands on a page, with all that pages stand on: the query cache, URL state, notices. `search` is the query string it
 * starts with, `url()` what that has become. `again` draws it anew over the same tab, as a reload would.
 */
export function renderPage(ui: ReactNode, { search = "" }: { search?: string } = {}) {
  let query = search;
  const client = createQueryClient();
  const page = render(
    <QueryClientProvider client={client}>
      <NuqsTestingAdapter
        searchParams={search}
        hasMemory
        onUrlUpdate={({ queryString }) => {
          query = queryString;
        }}
      >
        <NowProvider renderedAt={0}>
          <ToastProvider>{ui}</ToastProvider>
        </NowProvider>
      </NuqsTestingAdapter>
    </QueryClientProvider>,
  );
  return {
    ...page,
    client,
    user: userEvent.setup(),
    url: () => query,
    again: () => {
      page.unmount();
      client.clear();
      return renderPage(ui, { search: query });
    },
  };
}
