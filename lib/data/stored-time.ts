/** A time as Prisma's adapter writes it, for statements that go past Prisma: with the offset spelt out. */
export function toStoredTime(time: Date): string {
  return time.toISOString().replace("Z", "+00:00");
}
