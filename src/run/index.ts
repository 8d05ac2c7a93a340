/** Executes a plan: scheduling, gates, cancel; tells what happens in one stream of typed events. */
export type * from "./events.js";
