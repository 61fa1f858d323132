/** Where the reader's choice is kept; absent means "as the system". */
export const THEME_KEY = "loom-theme";

export const DARK_QUERY = "(prefers-color-scheme: dark)";

/** Runs in the head before the first paint, so that no page flashes in the other theme. Mirrors `applyTheme` of theme.ts. */
export const THEME_SCRIPT = `try{var t=localStorage.getItem("${THEME_KEY}");document.documentElement.classList.toggle("dark",t==="dark"||t!=="light"&&matchMedia("${DARK_QUERY}").matches)}catch{}`;
