import { dehydrate, QueryClient, useQuery } from "@tanstack/react-query";
import { screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";
import { renderPage } from "@/test/render.tsx";
import { HydratedQueries } from "./hydrated-queries.tsx";

const forever = { queryKey: ["plugins"], queryFn: () => new Promise<string>(() => undefined) };
const server = new QueryClient();
server.setQueryData(forever.queryKey, "two plugins");
const state = dehydrate(server);

it("draws a page with what was served from the first, though the palette has asked for the same and waits", async () => {
  const draws: Array<string | undefined> = [];
  function Page() {
    draws.push(useQuery(forever).data);
    return null;
  }
  function Shell() {
    const [open, setOpen] = useState(false);
    const { data } = useQuery(forever);
    return (
      <>
        <button type="button" onClick={() => setOpen(true)}>
          {data ?? "waiting"}
        </button>
        {open ? (
          <HydratedQueries state={state}>
            <Page />
          </HydratedQueries>
        ) : null}
      </>
    );
  }
  const { user } = renderPage(<Shell />);
  await user.click(screen.getByRole("button", { name: "waiting" }));
  await screen.findByRole("button", { name: "two plugins" });
  expect(draws[0]).toBe("two plugins");
  expect(draws).not.toContain(undefined);
});
