/** Data to HTML. */
import { renderToString } from "preact-render-to-string";
import { Page } from "./components/page.js";
import type { ReportModel } from "./types.js";

/** One HTML document, complete in itself. */
export function renderReport(model: ReportModel): string {
  return `<!doctype html>\n${renderToString(<Page model={model} />)}\n`;
}
