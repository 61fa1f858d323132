declare module "elizabot" {
  /** ELIZA as Norbert Landsteiner wrote it down in JavaScript. */
  export default class ElizaBot {
    /** With `true` the bot takes its answers in turn instead of at random, as the program of 1966 did. */
    constructor(noRandom?: boolean);
    /** Answers one sentence and remembers it. */
    transform(text: string): string;
    /** True after a farewell such as "bye". */
    quit: boolean;
  }
}
