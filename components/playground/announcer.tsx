import type { Answer } from "./conversation.ts";

const SAID: Record<Answer["status"], (plugin: string) => string> = {
  waiting: (plugin) => `${plugin} is answering`,
  streaming: (plugin) => `${plugin} is answering`,
  done: (plugin) => `${plugin} has answered`,
  stopped: () => "Answer cut short",
  interrupted: () => "Answer cut short",
  failed: (plugin) => `${plugin} failed to answer`,
};

/** Tells a screen reader when an answer begins and ends. The words themselves are read by whoever wants to read them. */
export function Announcer({ answer }: { answer: Answer | null }) {
  return (
    <p role="status" className="sr-only">
      {answer ? SAID[answer.status](answer.target.pluginName) : ""}
    </p>
  );
}
