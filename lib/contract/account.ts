import { z } from "zod";

export const Role = z.enum(["admin", "operator", "viewer"]);
export type Role = z.infer<typeof Role>;

/** What a route may demand. `public` needs no session; `session` needs any signed-in person. */
export const Permission = z.enum([
  "public",
  "session",
  "plugins:read",
  "plugins:write",
  "plugins:operate",
  "config:read",
  "config:write",
  "playground:run",
  "activity:read",
  "settings:read",
  "settings:write",
]);
export type Permission = z.infer<typeof Permission>;

export const Me = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: Role,
  permissions: z.array(Permission),
});
export type Me = z.infer<typeof Me>;

/** 12 characters and more: NIST SP 800-63B asks for length before composition. */
export const PASSWORD_LENGTH = { min: 12, max: 128 } as const;

const EMAIL = "An e-mail address, like you@example.com";

/** Of one that is longer nothing else is asked: the pattern of an address takes its time, and the stack, for megabytes. */
export const Email = z
  .string({ error: EMAIL })
  .check(z.maxLength(254, { abort: true, error: "At most 254 characters" }), z.email(EMAIL));

const lengthOf = (input: unknown) => (typeof input === "string" ? input.length : 0);

export const SetupRequest = z.object({
  token: z.string().min(1, "Paste the token from the start log").max(200),
  name: z.string().trim().min(1, "Tell us what to call you").max(100),
  email: Email,
  password: z
    .string()
    .min(PASSWORD_LENGTH.min, {
      error: ({ input }) => `At least ${PASSWORD_LENGTH.min} characters; this has ${lengthOf(input)}`,
    })
    .max(PASSWORD_LENGTH.max, {
      error: ({ input }) => `At most ${PASSWORD_LENGTH.max} characters; this has ${lengthOf(input)}`,
    }),
});
export type SetupRequest = z.infer<typeof SetupRequest>;

export const SetupState = z.object({ open: z.boolean() });
export type SetupState = z.infer<typeof SetupState>;
